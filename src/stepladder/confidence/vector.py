"""One number per label: log-likelihoods, scores or probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log1p

Vector = tuple[float, ...]
"""One number per label, in the task's order."""


def softmax(scores: Sequence[float]) -> Vector:
    """Scores as probabilities that sum to one; large scores neither overflow nor vanish all."""
    top = max(scores)
    lifted = [exp(score - top) for score in scores]
    whole = sum(lifted)
    return tuple(p / whole for p in lifted)


def log_sigmoid(score: float) -> float:
    """The logarithm of the logistic function, for scores of any size."""
    return min(score, 0.0) - log1p(exp(-abs(score)))
