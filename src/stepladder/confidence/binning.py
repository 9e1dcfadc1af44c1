"""Bins of equal mass: rows of about the same probability, taken together."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from stepladder.confidence.scaling import CLIP
from stepladder.types.arrays import Floats, Numbers

FEWEST_PER_BIN = 2
"""Rows of a bin: its share of right answers needs a variance."""
Z = 1.96
"""Standard errors each way of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of about the same probability."""

    probability: float
    """The mean of what was said, 0 to 1."""
    right: float
    """The share that was right, 0 to 1."""
    rows: int
    low: float
    """Where the true share begins with 95 % confidence (Wilson), 0 to 1."""
    high: float
    """Where it ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Binned:
    """Rows in the order of their probability, and where each bin starts."""

    probability: Floats
    """Rising (n)."""
    weight: Floats
    starts: Numbers
    """The first place of each bin (b)."""
    mass: Floats
    """Weight by bin (b)."""

    @classmethod
    def of(cls, probability: Floats, weight: Floats, bins: int) -> Binned:
        """Sorted probabilities (n) in so many bins; fewer where there were too few rows."""
        count = max(1, min(bins, len(probability) // FEWEST_PER_BIN))
        starts = np.arange(count) * len(probability) // count
        return cls(probability, weight, starts, np.add.reduceat(weight, starts))

    def means(self, values: Floats) -> Floats:
        """Weighted means by bin (... x b) of values by row (... x n)."""
        sums = np.add.reduceat(values * self.weight, self.starts, axis=-1)
        return np.asarray(sums / self.mass, dtype=np.float64)

    def errors(self, right: Floats) -> Floats:
        """Calibration error of each row of answers (s x n)."""
        away = np.abs(self.means(right) - self.means(self.probability))
        return np.asarray(away @ self.mass / self.mass.sum(), dtype=np.float64)

    def squared(self, right: Floats) -> float:
        """Squared error less the variance of the shares (Kumar et al., equation 4)."""
        share = self.means(right)
        noise = share * (1.0 - share) / np.maximum(self.effective - 1.0, CLIP)
        found = np.square(share - self.means(self.probability)) - noise
        return float(np.average(found, weights=self.mass))

    @property
    def effective(self) -> Floats:
        """How many equal rows each bin (b) is as good as (Kish 1965)."""
        squares = np.add.reduceat(np.square(self.weight), self.starts)
        return np.asarray(np.square(self.mass) / squares, dtype=np.float64)

    def bins(self, right: Floats) -> tuple[Bin, ...]:
        """What each bin shows of answers that are right (1) or not (0), by row (n)."""
        rows = np.diff(np.append(self.starts, len(right)))
        columns = self.means(self.probability), self.means(right), rows, self.effective
        return tuple(
            Bin(float(p), float(share), int(n), *_wilson(float(share), float(effective)))
            for p, share, n, effective in zip(*columns, strict=True)
        )


def _wilson(share: float, rows: float) -> tuple[float, float]:
    centre = share + Z * Z / (2 * rows)
    half = Z * sqrt(share * (1 - share) / rows + Z * Z / (4 * rows * rows))
    whole = 1 + Z * Z / rows
    # At 0 and 1 the interval touches the share, but for rounding.
    return max(0.0, min(share, (centre - half) / whole)), max(share, (centre + half) / whole)
