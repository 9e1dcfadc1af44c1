"""Everything that gold taught about a policy's annotators, as one frozen, storable value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from math import sqrt

from pydantic import BaseModel, ConfigDict

from stepladder.confidence.annotator import AnnotatorFit
from stepladder.confidence.pool import pooled
from stepladder.confidence.vector import Vector
from stepladder.types import Posterior, Vote


@dataclass(frozen=True, slots=True)
class GoldRow:
    """One calibration candidate: its gold, its group, and everybody's votes."""

    gold: str
    group: str
    votes: Mapping[str, Vote]
    """By annotator."""


class Fit(BaseModel):
    """Turns votes into a posterior; stored as JSON in the ledger, so that a resume reuses it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    labels: tuple[str, ...]
    """The task's labels, in the order of every vector."""
    log_prior: Vector
    """Natural logarithm of each label's share in gold, smoothed; uniform with too little gold."""
    annotators: dict[str, AnnotatorFit]
    """By name."""
    weights: dict[str, dict[str, float]]
    """For each set of annotators that a route can produce (by `set_name`), their weights."""
    shared: float = 1.0
    """Factor c for every other set: m votes weigh c/sqrt(m) each; a single one weighs 1."""

    def posterior(self, votes: Sequence[Vote]) -> Posterior | None:
        """What the votes amount to; None when no vote carries a label."""
        vectors: dict[str, Vector] = {}
        for vote in votes:
            vector = self.annotators[vote.annotator].vector(vote, self.labels, self.log_prior)
            if vector is not None:
                vectors[vote.annotator] = vector
        if not vectors:
            return None
        weights = self._weights(tuple(vectors))
        return Posterior(self.labels, pooled(self.log_prior, tuple(vectors.values()), weights))

    def calibrated(self, votes: Sequence[Vote]) -> bool:
        """Whether every vote with a label comes from a calibrated annotator."""
        named = [v.annotator for v in votes if v.label is not None]
        return bool(named) and all(self.annotators[name].calibrated for name in named)

    def _weights(self, names: tuple[str, ...]) -> Vector:
        if len(names) == 1:
            return (1.0,)
        fitted = self.weights.get(set_name(names))
        if fitted is None:
            return (self.shared / sqrt(len(names)),) * len(names)
        return tuple(fitted[name] for name in names)


def set_name(names: Sequence[str]) -> str:
    """One name for a set of annotators, whatever their order and characters: a JSON list."""
    return dumps(sorted(names))
