"""Dirichlet calibration: multinomial logistic regression on log-probabilities.

Kull et al., "Beyond temperature scaling: Obtaining well-calibrated multiclass
probabilities with Dirichlet calibration" (NeurIPS 2019), section 3.1, with a ridge.
It is Platt scaling for several labels whose errors have a direction: a small model
that takes "mixed" for "positive", but seldom for "negative". It has a coefficient for
every pair of labels, so it needs more gold than a sigmoid per label does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.platt import CLIP
from stepladder.confidence.vector import Vector, softmax

INVERSE_PENALTY = 3.0
"""Ridge, as scikit-learn's C."""
ROWS_PER_LABEL = 10
"""Gold rows per label from which on it is fitted."""
NEUTRAL_WEIGHT = 0.5
"""Weight of one row per label that says nothing, so that a label without gold stays possible."""


class Dirichlet(BaseModel):
    """A linear map from log-probabilities to scores, and a softmax."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    coefficients: tuple[Vector, ...]
    """K x K: how much the log-probability of each label (column) speaks for a label (row)."""
    intercepts: Vector
    """By label."""

    def calibrated(self, raw: Sequence[float]) -> Vector:
        """Raw probabilities, one per label, as calibrated ones that sum to one."""
        logs = [log(max(CLIP, p)) for p in raw]
        return softmax(
            [
                intercept + sum(c * x for c, x in zip(row, logs, strict=True))
                for row, intercept in zip(self.coefficients, self.intercepts, strict=True)
            ]
        )


def fit_dirichlet(
    labels: Sequence[str], raw: Sequence[Mapping[str, float]], gold: Sequence[str]
) -> Dirichlet:
    """The map for rows of raw probabilities by label (n rows) and their gold (n labels)."""
    from sklearn.linear_model import LogisticRegression

    count = len(labels)
    seen = [[log(max(CLIP, row.get(label, 0.0))) for label in labels] for row in raw]
    neutral = [[-log(count)] * count for _ in labels]
    # With dozens of labels lbfgs, the default, does not get there in 1000 steps.
    regression = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000, solver="newton-cg")
    regression.fit(
        np.array(seen + neutral),
        np.array([labels.index(g) for g in gold] + list(range(count))),
        sample_weight=np.array([1.0] * len(seen) + [NEUTRAL_WEIGHT] * count),
    )
    return Dirichlet(
        coefficients=_one_row_per_label(regression.coef_),
        intercepts=_both_signs(regression.intercept_),
    )


def _one_row_per_label(coefficients: NDArray[np.float64]) -> tuple[Vector, ...]:
    """scikit-learn gives two labels a single row; half of it each way is the same softmax."""
    if len(coefficients) > 1:
        return tuple(tuple(float(c) for c in row) for row in coefficients)
    half = coefficients[0] / 2
    return tuple(float(-c) for c in half), tuple(float(c) for c in half)


def _both_signs(intercepts: NDArray[np.float64]) -> Vector:
    if len(intercepts) > 1:
        return tuple(float(b) for b in intercepts)
    half = float(intercepts[0]) / 2
    return -half, half
