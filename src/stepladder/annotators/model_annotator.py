"""What the annotators that ask a language model share, whichever way they reach it."""

from __future__ import annotations

from stepladder.annotators.model import LanguageModel
from stepladder.types import Candidate, Usage


class ModelAnnotator:
    """Answers for its language model; how it is reached is left to `open`, `ask` and `close`."""

    _model: LanguageModel

    @property
    def name(self) -> str:
        """The name in the policy."""
        return self._model.name

    def key(self, candidate: Candidate, sample: int = 0) -> str:
        """Digest of model, where it is, parameters, rendered prompt and sample number."""
        return self._model.key(candidate, sample)

    def bound(self, candidate: Candidate) -> Usage:
        """The most tokens that one attempt can use."""
        return self._model.bound(candidate)
