"""Temperature scaling: one number that makes all raw probabilities bolder or more careful.

Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017), section 4.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.scaling import CLIP, Shown
from stepladder.confidence.vector import Vector, softmax

COLDEST, HOTTEST = 0.02, 50.0
"""Beyond these the labels are as good as certain, or as good as equal."""
RIDGE = 0.5
"""Pull of the temperature's logarithm to 0, in rows' worth of log loss per squared unit."""


class Temperature(BaseModel):
    """Raw log-probabilities divided by a temperature, and a softmax."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["temperature"] = "temperature"
    """The method."""
    temperature: float
    """Above 1 the raw probabilities were too bold."""

    def calibrated(self, raw: Sequence[float]) -> Vector:
        """Raw probabilities, one per label, as calibrated ones that sum to one."""
        return softmax([log(max(CLIP, p)) / self.temperature for p in raw])


def fit_temperature(shown: Shown) -> Temperature:
    """The temperature of least log loss."""
    from scipy.optimize import minimize_scalar

    logs, rows = shown.logs, np.arange(len(shown))

    def loss(cold: float) -> float:
        scores = logs * exp(cold)
        scores -= scores.max(axis=1, keepdims=True)
        missed = np.log(np.exp(scores).sum(axis=1)) - scores[rows, shown.gold]
        return float((shown.weight * missed).sum() + RIDGE * cold * cold)

    found = minimize_scalar(loss, bounds=(-log(HOTTEST), -log(COLDEST)), method="bounded")
    return Temperature(temperature=exp(-float(found.x)))
