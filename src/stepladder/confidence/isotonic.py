"""Isotonic regression, one rising step curve per label, smoothed and renormalised.

Zadrozny and Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability
Estimates" (KDD 2002), sections 3 and 4. Each curve is mixed with the label's share, so
that a step that saw no error does not claim to be certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.scaling import Shown
from stepladder.confidence.vector import Vector

MIXED_IN = 2.0
"""Rows' worth of the label's share that is mixed into its curve."""


class Curve(BaseModel):
    """A function of one raw probability, linear between its knots and level beyond them."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    at: Vector
    """Raw probabilities, rising."""
    value: Vector
    """Calibrated ones, never falling, above 0."""

    def __call__(self, raw: float) -> float:
        """The calibrated probability, before it is renormalised."""
        return float(np.interp(raw, self.at, self.value))


class Isotonic(BaseModel):
    """A fitted curve for each label."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["isotonic"] = "isotonic"
    """The method."""
    curves: tuple[Curve, ...]
    """By label."""

    def calibrated(self, raw: Sequence[float]) -> Vector:
        """Raw probabilities, one per label, as calibrated ones that sum to one."""
        shares = [curve(p) for curve, p in zip(self.curves, raw, strict=True)]
        whole = sum(shares)
        return tuple(share / whole for share in shares)


def fit_isotonic(shown: Shown) -> Isotonic:
    """A curve for each label against the rest."""
    return Isotonic(
        curves=tuple(
            _curve(shown.raw[:, label], shown.gold == label, shown.weight)
            for label in range(shown.labels)
        )
    )


def _curve(
    raw: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64]
) -> Curve:
    from sklearn.isotonic import IsotonicRegression

    rows = float(weight.sum())
    share = (float(weight[right].sum()) + 1.0) / (rows + 2.0)
    regression = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    regression.fit(raw, right.astype(np.float64), sample_weight=weight)
    mixed = (rows * regression.y_thresholds_ + MIXED_IN * share) / (rows + MIXED_IN)
    return Curve(
        at=tuple(float(x) for x in regression.X_thresholds_),
        value=tuple(float(y) for y in mixed),
    )
