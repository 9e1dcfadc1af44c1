"""Confidence intervals of a share, such as an accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a share probably lies, from 0 to 1."""

    low: float
    high: float


def wilson(right: float, total: float, *, confidence: float = 0.95) -> Interval:
    """The score interval of the share `right / total`; raises ValueError for impossible counts.

    Two-sided and without continuity correction: E. B. Wilson, "Probable Inference, the
    Law of Succession, and Statistical Inference", JASA 22 (1927), 209-212. Unlike the
    textbook interval it has a width when all or none are right. Rows of unequal weight count
    as the whole or broken number of equal ones that they are worth.
    """
    if not 0 <= right <= total or not total > 0:
        raise ValueError(f"{right} right of {total}: no share")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence} is not between 0 and 1")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, shrink = right / total, 1 + z * z / total
    middle = (share + z * z / (2 * total)) / shrink
    half = z / shrink * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    # At the ends one limit is exactly the end, which rounding would miss or pass.
    return Interval(
        low=max(0.0, min(share, middle - half)),
        high=min(1.0, max(share, middle + half)),
    )
