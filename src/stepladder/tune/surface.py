"""What a route comes to for every combination of its thresholds: histograms and running sums.

A candidate goes on past a tier when its score is below the tier's threshold. So the rows that go on
past several tiers are a corner of the grid of their bins, and its sums are running sums.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepladder.types.arrays import Floats, Numbers

NOTHING = 2.0
"""A threshold on a probability that nothing reaches."""


def grid_of(score: Floats, levels: int) -> Floats:
    """Thresholds of one tier: quantiles of the scores from 0 on (n), and one above all."""
    heard = score[score >= 0]
    places = np.linspace(0.0, 1.0, levels, endpoint=False)
    at = np.unique(np.quantile(heard, places, method="nearest")) if len(heard) else heard
    return np.append(at, max(NOTHING, float(score.max(initial=0.0)) + 1.0))


def bins_of(score: Floats, grid: Floats) -> Numbers:
    """For each row (n) the place of the first threshold that it stays below."""
    return np.asarray(np.searchsorted(grid, score, side="right"), dtype=np.int64)


def surface(gains: Sequence[Floats], bins: Sequence[Numbers], sizes: Sequence[int]) -> Floats:
    """Sums over rows for all thresholds: q x sizes.

    `gains` are by tier what a row adds once it gets there (q x n): the first tier's to every row,
    a later one's to those that stayed below all thresholds before it. `bins` are by accepting
    tier (n), and `sizes` how many thresholds it has.
    """
    found: Floats = gains[0].sum(axis=1)
    for tier in range(1, len(gains)):
        found = found[..., None] + _corner(gains[tier], bins[:tier], sizes[:tier])
    return found


def _corner(gain: Floats, bins: Sequence[Numbers], sizes: Sequence[int]) -> Floats:
    """For all thresholds of these tiers, the sum over the rows that are below all of them."""
    flat = np.ravel_multi_index(tuple(bins), tuple(sizes))
    total = int(np.prod(sizes))
    sums = np.stack([np.bincount(flat, weights=one, minlength=total) for one in gain])
    sums = sums.reshape(len(gain), *sizes)
    for axis in range(1, len(sizes) + 1):
        sums = np.cumsum(sums, axis=axis)
    return np.asarray(sums, dtype=np.float64)
