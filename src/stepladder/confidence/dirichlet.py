"""Dirichlet calibration: multinomial logistic regression on log-probabilities.

Kull et al., "Beyond temperature scaling: Obtaining well-calibrated multiclass
probabilities with Dirichlet calibration" (NeurIPS 2019), section 3.1, with a ridge.
It is Platt scaling for several labels whose errors have a direction: a small model
that takes "mixed" for "positive", but seldom for "negative". It has a coefficient for
every pair of labels, so it needs more gold than a sigmoid per label does.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.scaling import CLIP, Shown, both_rows
from stepladder.confidence.vector import Vector, softmax

INVERSE_PENALTY = 3.0
"""Ridge, as scikit-learn's C."""
NEUTRAL_WEIGHT = 0.5
"""Weight of one row per label that says nothing, so that a label without gold stays possible."""


class Dirichlet(BaseModel):
    """A linear map from log-probabilities to scores, and a softmax."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["dirichlet"] = "dirichlet"
    """The method."""
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


def fit_dirichlet(shown: Shown) -> Dirichlet:
    """The map of least penalised log loss."""
    from sklearn.linear_model import LogisticRegression

    count = shown.labels
    neutral = np.full((count, count), -log(count))
    # With dozens of labels lbfgs, the default, does not get there in 1000 steps.
    regression = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000, solver="newton-cg")
    regression.fit(
        np.concatenate([shown.logs, neutral]),
        np.concatenate([shown.gold, np.arange(count)]),
        sample_weight=np.concatenate([shown.weight, np.full(count, NEUTRAL_WEIGHT)]),
    )
    return Dirichlet(
        coefficients=tuple(tuple(float(c) for c in row) for row in both_rows(regression.coef_)),
        intercepts=tuple(float(b) for b in both_rows(regression.intercept_)),
    )
