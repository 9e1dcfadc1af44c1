"""What the annotators that ask a language model share, whichever way they reach it."""

from __future__ import annotations

from stepladder.annotators.model import LanguageModel
from stepladder.types import FIRST, Candidate, Draw, Usage


class ModelAnnotator:
    """Answers for its language model; how it is reached is left to `open`, `ask` and `close`."""

    _model: LanguageModel

    @property
    def name(self) -> str:
        """The name in the policy."""
        return self._model.name

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """Digest of model, where it is, parameters, rendered prompt and draw."""
        return self._model.key(candidate, draw)

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:
        """The most tokens that one attempt can use."""
        return self._model.bound(candidate, draw)
