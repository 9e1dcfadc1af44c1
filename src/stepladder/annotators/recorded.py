"""The votes of a past run, as an annotator."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from stepladder.annotators.base import Answer, Reply
from stepladder.annotators.in_process import InProcess
from stepladder.annotators.recording import (
    ANSWER_TOKENS,
    PROMPT_TOKENS,
    RecordedVote,
    read_votes,
)
from stepladder.digest import digest
from stepladder.errors import RejectedError
from stepladder.task import Task, read_answer
from stepladder.types import (
    FIRST,
    NO_CONFIDENCE,
    SINGLE_QUESTION,
    UNUSED,
    Candidate,
    Confidence,
    Draw,
    Labelled,
    Outcome,
    Source,
    Usage,
)


class RecordedAnnotator(InProcess):
    """Repeats what `annotator` said in a recording, candidates matched by id.

    ::

        RecordedAnnotator("weak", Path("votes.jsonl"), "gpt-4o-mini-2024-07-18", task)

    A recording has one JSON object a line: `id`, `votes` (label by annotator), and
    maybe `question`, `stated_confidence` (0 to 1, by annotator) and `prompt_tokens`.
    A vote that is missing raises RejectedError.
    """

    def __init__(self, name: str, recording: Path, annotator: str, task: Task) -> None:
        super().__init__(name)
        self._path = recording
        self._annotator = annotator
        self._task = task

    @cached_property
    def _votes(self) -> Mapping[str, tuple[RecordedVote, ...]]:
        return read_votes(self._path, self._annotator)

    async def open(self) -> None:
        """Read the recording; raises TableError naming file and line."""
        _ = self._votes

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:  # noqa: ARG002
        """Exactly what the recorded attempt used."""
        vote = self._vote(candidate)
        return vote.usage if vote else Usage(input=PROMPT_TOKENS, output=ANSWER_TOKENS)

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """Digest of the name, the id, the question and what was recorded."""
        vote = self._vote(candidate)
        recorded = (vote.said, vote.stated, vote.prompt_tokens) if vote else ()
        return digest("recorded", self.name, *candidate.key, repr(recorded), *draw.parts)

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:  # noqa: ARG002
        """The recorded vote; raises RejectedError when there is none."""
        vote = self._vote(candidate)
        if vote is None or vote.said is None:
            raise RejectedError(
                f"{self.name}: {self._path} has no vote of {self._annotator!r} "
                f"on candidate {candidate.id!r}",
                billed=UNUSED,
                free=True,
            )
        outcome = read_answer(self._task, vote.said)
        confidence = _confidence(outcome, vote.stated)
        return Answer(outcome, confidence, vote.usage, self._annotator, vote.said)

    def _vote(self, candidate: Candidate) -> RecordedVote | None:
        votes = self._votes.get(candidate.id, ())
        asked = [vote for vote in votes if vote.question == candidate.question]
        if asked or len(votes) != 1:
            return asked[0] if asked else None
        # One side may leave the question to the id, such as "17__food".
        unnamed = candidate.question == SINGLE_QUESTION or not votes[0].question
        return votes[0] if unnamed else None


def _confidence(outcome: Outcome, stated: float | None) -> Confidence:
    if stated is None or not isinstance(outcome, Labelled):
        return NO_CONFIDENCE
    return Confidence(Source.STATED, {outcome.label: stated})
