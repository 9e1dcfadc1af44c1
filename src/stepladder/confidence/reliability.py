"""How far stated probabilities can be taken at their word: reliability by bins, and scores.

Bins of equal mass and the calibration error over them: Naeini, Cooper, Hauskrecht, "Obtaining
Well Calibrated Probabilities Using Bayesian Binning" (AAAI 2015). The error's own bias: Kumar,
Liang, Ma, "Verified Uncertainty Calibration" (1909.10155), section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence.gold import Floats, Numbers
from stepladder.confidence.scaling import CLIP

BINS = 10
SIMULATIONS = 400
"""Draws of right answers by which the error of a perfect calibrator is known to a thousandth."""
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


@dataclass(frozen=True, slots=True)
class Reliability:
    """Probabilities of top labels against how often these were right."""

    bins: tuple[Bin, ...]
    """By rising probability, all of about the same mass."""
    rows: int
    error: float
    """Plain expected calibration error: mean distance of probability and share, 0 to 1."""
    by_chance: float
    """The error that a perfect calibrator with the same probabilities has by chance, in the mean."""
    squared: float
    """Squared error less its bias (Kumar et al.); below 0 by chance, never far."""

    @property
    def debiased(self) -> float:
        """The error less that by chance: 0 in the mean for a perfect calibrator, so it may be negative.

        An error that is large hides its chance part, so that this understates it a little.
        """
        return self.error - self.by_chance


def reliability(
    probability: Floats,
    right: NDArray[np.bool_],
    bins: int = BINS,
    weight: Floats | None = None,
    seed: int = 0,
) -> Reliability:
    """Figures for probabilities of top labels (n), whether these were right (n), weights (n).

    Bins hold the same number of rows, give or take one; fewer bins where there were fewer than
    two rows each. Equal probabilities that an edge divides are dealt to its sides at random by
    the seed, from an order of their own: the order of the rows does not matter. Rows count as
    independent; those of one group err together, which widens intervals that are shown here.
    Raises ValueError for fewer than two rows and for what is no probability.
    """
    _check(probability, right)
    weighed = np.ones(len(right)) if weight is None else weight
    chance = np.random.default_rng(seed)
    # Sorted before ties are dealt: the rows' own order must not matter.
    order = np.lexsort((weighed, right, probability))
    order = order[np.lexsort((chance.random(len(order)), probability[order]))]
    binned = _Binned.of(probability[order], weighed[order], bins)
    answers = right[order].astype(np.float64)
    drawn = chance.random((SIMULATIONS, len(order))) < probability[order]
    return Reliability(
        bins=binned.bins(answers),
        rows=len(order),
        error=float(binned.errors(answers[None, :])[0]),
        by_chance=float(binned.errors(drawn).mean()),
        squared=binned.squared(answers),
    )


def log_losses(posteriors: Floats, gold: Numbers) -> Floats:
    """Nats by row (n) for probabilities (n x K) of the right label (n), kept finite."""
    right = posteriors[np.arange(len(gold)), gold]
    return np.asarray(-np.log(np.clip(right, CLIP, 1.0)), dtype=np.float64)


def briers(posteriors: Floats, gold: Numbers) -> Floats:
    """Squared distance to the truth by row (n), summed over labels: 0 to 2."""
    truth = np.eye(posteriors.shape[1])[gold]
    return np.asarray(np.square(posteriors - truth).sum(axis=1), dtype=np.float64)


def log_loss(posteriors: Floats, gold: Numbers, weight: Floats | None = None) -> float:
    """The weighted mean of `log_losses`, nats per row."""
    return float(np.average(log_losses(posteriors, gold), weights=weight))


def brier(posteriors: Floats, gold: Numbers, weight: Floats | None = None) -> float:
    """The weighted mean of `briers`, 0 to 2 (Brier 1950)."""
    return float(np.average(briers(posteriors, gold), weights=weight))


@dataclass(frozen=True, slots=True, eq=False)
class _Binned:
    """Rows in the order of their probability, and where each bin starts."""

    probability: Floats
    weight: Floats
    starts: Numbers
    mass: Floats
    """Weight by bin (b)."""

    @classmethod
    def of(cls, probability: Floats, weight: Floats, bins: int) -> _Binned:
        count = max(1, min(bins, len(probability) // FEWEST_PER_BIN))
        starts = np.arange(count) * len(probability) // count
        return cls(probability, weight, starts, np.add.reduceat(weight, starts))

    def means(self, values: NDArray[np.generic]) -> Floats:
        """Weighted means by bin (... x b) of values by row (... x n)."""
        sums = np.add.reduceat(values * self.weight, self.starts, axis=-1)
        return np.asarray(sums / self.mass, dtype=np.float64)

    def errors(self, right: NDArray[np.generic]) -> Floats:
        """Calibration error of each row of answers (s x n)."""
        away = np.abs(self.means(right) - self.means(self.probability))
        return np.asarray(away @ self.mass / self.mass.sum(), dtype=np.float64)

    def squared(self, right: Floats) -> float:
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
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)


def _check(probability: Floats, right: NDArray[np.bool_]) -> None:
    if len(right) < FEWEST_PER_BIN:
        raise ValueError(f"{len(right)} rows: reliability needs at least {FEWEST_PER_BIN}")
    if not ((probability >= 0.0) & (probability <= 1.0 + CLIP)).all():
        raise ValueError("not all numbers are probabilities between 0 and 1")
