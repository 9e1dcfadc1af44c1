"""How two shares of different candidates differ: an interval, and an exact test."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from stepladder.audit.interval import Interval
from stepladder.audit.share import Share


@dataclass(frozen=True, slots=True)
class Contrast:
    """The first share minus the second."""

    difference: float
    """From -1 to 1."""
    interval: Interval
    """Where the true difference lies with 95 % confidence, from -1 to 1."""
    p_value: float
    """Of no difference, two-sided."""


def contrast(first: Share, second: Share) -> Contrast | None:
    """The difference of two independent shares; None when one of them is of nothing.

    The interval is the hybrid of two Wilson intervals: R. G. Newcombe, "Interval Estimation
    for the Difference Between Independent Proportions", Statistics in Medicine 17 (1998),
    873-890, method 10. The test is R. A. Fisher's exact one, "On the Interpretation of χ² from
    Contingency Tables, and the Calculation of P", JRSS 85 (1922), 87-94.
    """
    p, q = first.value, second.value
    one, two = first.interval, second.interval
    if p is None or q is None or one is None or two is None:
        return None
    down = sqrt((p - one.low) ** 2 + (two.high - q) ** 2)
    up = sqrt((one.high - p) ** 2 + (q - two.low) ** 2)
    return Contrast(p - q, Interval(p - q - down, p - q + up), _fisher(first, second))


def _fisher(first: Share, second: Share) -> float:
    from scipy.stats import fisher_exact

    table = [[share.count, share.total - share.count] for share in (first, second)]
    return float(fisher_exact(table).pvalue)
