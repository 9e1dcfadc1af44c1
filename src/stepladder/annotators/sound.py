"""The wrapper that looks at what an annotator of one's own says of its confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from stepladder.annotators.base import Annotator, Answer, Reply
from stepladder.annotators.wrapper import Wrapper
from stepladder.errors import RejectedError
from stepladder.types import FIRST, Candidate, Confidence, Draw, Source
from stepladder.types.distribution import flaw


class Sound(Wrapper):
    """Passes on answers whose confidence is none, or probabilities of the task's labels."""

    def __init__(self, inner: Annotator, labels: Sequence[str]) -> None:
        super().__init__(inner)
        self._labels = labels

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        """Ask the inner annotator; raises RejectedError, billed, when its confidence is flawed."""
        reply = await self.inner.ask(candidate, draw)
        if not isinstance(reply, Answer):
            return reply
        said = reply.confidence
        if problem := _flaw(said, self._labels):
            raise RejectedError(
                f"{self.name}: candidate {candidate.id!r}: {problem}", billed=reply.usage
            )
        if not said.by_label:
            return reply
        # The ledger takes no numbers of numpy.
        plain = {str(label): float(p) for label, p in said.by_label.items()}
        return replace(reply, confidence=Confidence(said.source, plain))


def _flaw(said: Any, labels: Sequence[str]) -> str:
    """What is wrong with it, in words; or empty."""
    if not (isinstance(said, Confidence) and isinstance(said.source, Source)):
        return f"gave the confidence {said!r:.80}; give a Confidence with a Source"
    if not isinstance(said.by_label, Mapping):
        return f"gave the confidence {said.by_label!r:.80}; give a probability by label"
    # Beside the labels' first tokens, a model thinks of others too.
    return flaw(said.by_label, labels, open_ended=said.source is Source.TOKEN_PROBABILITIES)
