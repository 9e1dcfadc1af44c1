"""A weighed share of candidates, with an interval that knows groups."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepladder.audit import Interval, wilson
from stepladder.confidence.folds import grouped_mean
from stepladder.confidence.weighing import weights
from stepladder.types.arrays import Flags, Floats

SMALLEST = 1e-9
"""A standard error below which all groups are alike."""


@dataclass(frozen=True, slots=True)
class Share:
    """Of rows with gold."""

    value: float
    """0 to 1."""
    count: int
    """Rows, unweighted."""
    total: int
    groups: int
    interval: Interval
    """95 %: Wilson's, at as many independent rows as these are worth."""


def share_of(of: Flags, weight: Floats, groups: NDArray[np.object_]) -> Share:
    """The share of rows (n, at least one) that weigh this much, and are of these groups."""
    names = groups.tolist()
    found = grouped_mean(of.astype(np.float64), names, weight)
    return Share(
        value=found.mean,
        count=int(of.sum()),
        total=len(of),
        groups=len(set(names)),
        interval=interval_of(found.mean, found.error, len(of), len(set(names))),
    )


def interval_of(share: float, error: float, rows: int, groups: int) -> Interval:
    """Where a share with this standard error lies: Wilson's at its effective sample size.

    Korn and Graubard, "Confidence Intervals for Proportions with Small Expected Number of
    Positive Counts Estimated from Survey Data" (1998). Where all rows are alike, or all are of
    one group, groups are what counts.
    """
    from scipy.stats import t

    worth = float(rows if groups == rows else groups)
    spread = share * (1 - share)
    if spread > 0 and groups > 1 and SMALLEST < error < np.inf:
        few = float(t.ppf(0.975, rows - 1) / t.ppf(0.975, groups - 1))
        worth = min(float(rows), max(1.0, spread / error**2 * few**2))
    return wilson(min(share * worth, worth), worth)


def weights_of(sampled: Floats) -> Floats:
    """What rows weigh by the chance with which each was drawn (n; NaN where it was not drawn)."""
    chances = [None if np.isnan(chance) else float(chance) for chance in sampled.tolist()]
    by_chance = weights(Counter(chances))
    return np.array([by_chance[chance] for chance in chances], dtype=np.float64)
