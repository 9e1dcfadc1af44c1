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

from stepladder.confidence.binning import FEWEST_PER_BIN, Bin, Binned
from stepladder.confidence.scaling import CLIP
from stepladder.types.arrays import Floats, Numbers

BINS = 10
TENTHS = 10
SIMULATIONS = 400
"""Draws of right answers by which the error of a perfect calibrator is known to a thousandth."""
MOST_NUMBERS = 4_000_000
"""Drawn at once: more would take memory by the gigabyte for large files."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Probabilities of top labels against how often these were right."""

    bins: tuple[Bin, ...]
    """By rising probability, all of about the same mass."""
    tenths: tuple[int, ...]
    """Rows whose probability is from 0 to 0.1, from 0.1 to 0.2 and so on."""
    rows: int
    error: float
    """Plain expected calibration error: mean distance of probability and share, 0 to 1."""
    by_chance: float
    """What a perfect calibrator with the same probabilities would show by chance, in the mean."""
    squared: float
    """Squared error less its bias (Kumar et al.); below 0 by chance, never far."""

    @property
    def debiased(self) -> float:
        """The error less that by chance: 0 in the mean for a perfect one, so it may be below 0.

        It tells a perfect calibrator from another one, not how far off that one is: with a
        few hundred rows a true error of 0.03 shows as about 0.01, since chance hides in it.
        `root` tells the size.
        """
        return self.error - self.by_chance

    @property
    def root(self) -> float:
        """The size of the error, as the root of the debiased squared one; 0 where that is below.

        It is at least the mean absolute error, since it weighs large gaps more.
        """
        return sqrt(max(0.0, self.squared))


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
    binned = Binned.of(probability[order], weighed[order], bins)
    answers = right[order].astype(np.float64)
    return Reliability(
        bins=binned.bins(answers),
        tenths=_tenths(probability),
        rows=len(order),
        error=float(binned.errors(answers[None, :])[0]),
        by_chance=_by_chance(binned, probability[order], chance),
        squared=binned.squared(answers),
    )


def _by_chance(binned: Binned, probability: Floats, chance: np.random.Generator) -> float:
    """The mean error that answers as probable as stated show, in blocks that fit in memory."""
    each = max(1, MOST_NUMBERS // len(probability))
    sizes = [min(each, SIMULATIONS - begun) for begun in range(0, SIMULATIONS, each)]
    errors = [
        binned.errors((chance.random((size, len(probability))) < probability).astype(np.float64))
        for size in sizes
    ]
    return float(np.concatenate(errors).mean())


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


def _tenths(probability: Floats) -> tuple[int, ...]:
    # 0.6 times ten is a hair less than six.
    tenth = np.floor(probability * TENTHS + CLIP).astype(np.int64)
    counts = np.bincount(np.minimum(tenth, TENTHS - 1), minlength=TENTHS)
    return tuple(int(count) for count in counts)


def _check(probability: Floats, right: NDArray[np.bool_]) -> None:
    if len(right) < FEWEST_PER_BIN:
        raise ValueError(f"{len(right)} rows: reliability needs at least {FEWEST_PER_BIN}")
    if not ((probability >= 0.0) & (probability <= 1.0 + CLIP)).all():
        raise ValueError("not all numbers are probabilities between 0 and 1")
