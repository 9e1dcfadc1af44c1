"""Is a share larger than what is tolerated, and how much larger would have been noticed?

The exact binomial test: C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial
Limits Illustrated in the Case of the Binomial", Biometrika 26 (1934), 404-413.
"""

from __future__ import annotations

from stepladder.audit.share import Share

POWER = 0.8
"""Chance with which a change that would have been noticed would have been."""


def exceeds(share: Share, tolerance: float) -> float:
    """The p-value of a true share of at most the tolerance, one-sided; 1 of nothing."""
    if not share.total:
        return 1.0
    from scipy.stats import binomtest

    found = binomtest(share.count, share.total, tolerance, alternative="greater")
    return float(found.pvalue)


def noticeable(total: int, tolerance: float, level: float, power: float = POWER) -> float | None:
    """The smallest true share that the test at that level would find with that power.

    None where so few candidates could show none: not even if all of them changed.
    """
    from scipy.stats import beta, binom

    # The fewest changes that are too many: one more than the quantile of what is tolerated.
    fewest = int(binom.isf(level, total, tolerance)) + 1 if total else 1
    if fewest > total:
        return None
    # Binomial and beta tails are the same: so many or more with just that power.
    return float(beta.ppf(power, fewest, total - fewest + 1))
