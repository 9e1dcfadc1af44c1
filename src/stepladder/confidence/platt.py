"""Platt scaling of raw label probabilities, one sigmoid per label, renormalised.

Platt, "Probabilistic Outputs for Support Vector Machines" (1999), with its smoothed
targets (section 2.2); one against the rest for several labels as in Zadrozny and
Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability
Estimates" (KDD 2002), section 4. A sigmoid per label also takes out a small
model's liking for one of the labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.vector import Vector, softmax

CLIP = 1e-6
"""Raw probabilities are kept this far from 0 and 1, where log-odds are infinite."""
INVERSE_PENALTY = 10.0
"""Weak ridge: it only matters where gold is scarce or a label is separated perfectly."""


class Platt(BaseModel):
    """A fitted sigmoid for each label."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    slopes: Vector
    """By label: how much a step of raw log-odds counts."""
    intercepts: Vector
    """By label: what is added to the scaled log-odds."""

    def calibrated(self, raw: Sequence[float]) -> Vector:
        """Raw probabilities, one per label, as calibrated ones that sum to one."""
        # Sigmoids renormalised, in logarithms: all of them may be too small for a float.
        return softmax(
            [
                _log_sigmoid(slope * log_odds(p) + intercept)
                for p, slope, intercept in zip(raw, self.slopes, self.intercepts, strict=True)
            ]
        )


def log_odds(probability: float) -> float:
    """The log-odds of a probability, kept finite."""
    p = min(1.0 - CLIP, max(CLIP, probability))
    return log(p / (1.0 - p))


def _log_sigmoid(score: float) -> float:
    return min(score, 0.0) - log1p(exp(-abs(score)))


def fit_platt(
    labels: Sequence[str], raw: Sequence[Mapping[str, float]], gold: Sequence[str]
) -> Platt:
    """Sigmoids for rows of raw probabilities by label (n rows) and their gold (n labels)."""
    sigmoids = [
        _sigmoid(
            np.array([log_odds(row.get(label, 0.0)) for row in raw]),
            np.array([g == label for g in gold]),
        )
        for label in labels
    ]
    return Platt(
        slopes=tuple(float(slope) for slope, _ in sigmoids),
        intercepts=tuple(float(intercept) for _, intercept in sigmoids),
    )


def _sigmoid(odds: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Slope and intercept by logistic regression on Platt's smoothed targets."""
    from sklearn.linear_model import LogisticRegression

    positives = int(right.sum())
    target = np.where(right, (positives + 1) / (positives + 2), 1 / (len(right) - positives + 2))
    # Each row enters once as right and once as wrong, weighted by its target.
    regression = LogisticRegression(C=INVERSE_PENALTY)
    regression.fit(
        np.concatenate([odds, odds])[:, None],
        np.repeat([1, 0], len(odds)),
        sample_weight=np.concatenate([target, 1 - target]),
    )
    return np.array([regression.coef_[0, 0], regression.intercept_[0]])
