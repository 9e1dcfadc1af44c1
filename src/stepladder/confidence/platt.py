"""Platt scaling of raw label probabilities, one sigmoid per label, renormalised.

Platt, "Probabilistic Outputs for Support Vector Machines" (1999), with its smoothed
targets (section 2.2); one against the rest for several labels as in Zadrozny and
Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability
Estimates" (KDD 2002), section 4. A sigmoid per label also takes out a small
model's liking for one of the labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.scaling import CLIP, Shown
from stepladder.confidence.vector import Vector, log_sigmoid, softmax

INVERSE_PENALTY = 10.0
"""Weak ridge: it only matters where gold is scarce or a label is separated perfectly."""


class Platt(BaseModel):
    """A fitted sigmoid for each label."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["platt"] = "platt"
    """The method."""
    slopes: Vector
    """By label: how much a step of raw log-odds counts."""
    intercepts: Vector
    """By label: what is added to the scaled log-odds."""

    def calibrated(self, raw: Sequence[float]) -> Vector:
        """Raw probabilities, one per label, as calibrated ones that sum to one."""
        # Sigmoids renormalised, in logarithms: all of them may be too small for a float.
        return softmax(
            [
                log_sigmoid(slope * log_odds(p) + intercept)
                for p, slope, intercept in zip(raw, self.slopes, self.intercepts, strict=True)
            ]
        )


def log_odds(probability: float) -> float:
    """The log-odds of a probability, kept finite."""
    p = min(1.0 - CLIP, max(CLIP, probability))
    return log(p / (1.0 - p))


def fit_platt(shown: Shown) -> Platt:
    """A sigmoid for each label against the rest."""
    odds = shown.odds
    sigmoids = [
        sigmoid(odds[:, [label]], shown.gold == label, shown.weight)
        for label in range(shown.labels)
    ]
    return Platt(
        slopes=tuple(float(found[0]) for found in sigmoids),
        intercepts=tuple(float(found[-1]) for found in sigmoids),
    )


def sigmoid(
    features: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Slopes, then the intercept, by logistic regression on Platt's smoothed targets."""
    from sklearn.linear_model import LogisticRegression

    positives, negatives = float(weight[right].sum()), float(weight[~right].sum())
    target = np.where(right, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    # Each row enters once as right and once as wrong, weighted by its target.
    regression = LogisticRegression(C=INVERSE_PENALTY)
    regression.fit(
        np.concatenate([features, features]),
        np.repeat([1, 0], len(features)),
        sample_weight=np.concatenate([weight * target, weight * (1 - target)]),
    )
    return np.append(regression.coef_[0], regression.intercept_[0])
