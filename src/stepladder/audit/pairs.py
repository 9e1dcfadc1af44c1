"""Two answers to each of the same candidates: did one way win more often than the other?

Q. McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions",
Psychometrika 12 (1947), 153-157, in its exact form, which is the sign test: only the pairs
that differ count, and without a true difference each falls either way like a fair coin.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs that differ; those that do not say nothing."""

    gains: int
    """Such as wrong before and right after, or not this label before and this label after."""
    losses: int
    """The other way round."""

    @property
    def differ(self) -> float:
        """The p-value of no difference, two-sided; 1 without any pair that differs."""
        return _coin(self, "two-sided")

    @property
    def worse(self) -> float:
        """The p-value of no more losses than gains, one-sided; 1 without any pair that differs."""
        return _coin(self, "less")


def _coin(pairs: Pairs, alternative: str) -> float:
    total = pairs.gains + pairs.losses
    if not total:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(pairs.gains, total, 0.5, alternative=alternative).pvalue)
