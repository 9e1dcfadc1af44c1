"""Beta calibration, one curve per label, renormalised.

Kull, Silva Filho, Flach, "Beta calibration: a well-founded and easily implemented
improvement on logistic calibration for binary classifiers" (AISTATS 2017), section 4:
logistic regression on the logarithms of p and of 1 - p, which may bend towards 0 and
towards 1 by different amounts. Slopes are kept at 0 or more by refitting without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.platt import sigmoid
from stepladder.confidence.scaling import CLIP, Shown
from stepladder.confidence.vector import Vector, log_sigmoid, softmax


class Beta(BaseModel):
    """A fitted curve for each label."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["beta"] = "beta"
    """The method."""
    fors: Vector
    """By label: how much log p counts."""
    againsts: Vector
    """By label: how much -log(1 - p) counts."""
    intercepts: Vector
    """By label: what is added."""

    def calibrated(self, raw: Sequence[float]) -> Vector:
        """Raw probabilities, one per label, as calibrated ones that sum to one."""
        kept = [min(1.0 - CLIP, max(CLIP, p)) for p in raw]
        curves = zip(kept, self.fors, self.againsts, self.intercepts, strict=True)
        return softmax([log_sigmoid(a * log(p) - b * log(1.0 - p) + c) for p, a, b, c in curves])


def fit_beta(shown: Shown) -> Beta:
    """A curve for each label against the rest."""
    curves = [
        _curve(shown.raw[:, label], shown.gold == label, shown.weight)
        for label in range(shown.labels)
    ]
    return Beta(
        fors=tuple(float(curve[0]) for curve in curves),
        againsts=tuple(float(curve[1]) for curve in curves),
        intercepts=tuple(float(curve[2]) for curve in curves),
    )


def _curve(
    raw: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    kept = np.clip(raw, CLIP, 1.0 - CLIP)
    both = np.stack([np.log(kept), -np.log1p(-kept)], axis=1)
    found = sigmoid(both, right, weight)
    falling = np.flatnonzero(found[:2] < 0)
    if not len(falling):
        return found
    rising = 1 - int(falling[0])
    again = sigmoid(both[:, [rising]], right, weight)
    one_sided = np.array([0.0, 0.0, again[1]])
    one_sided[rising] = max(0.0, float(again[0]))
    return one_sided
