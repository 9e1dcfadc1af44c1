"""Counts of gold rows that are fed one by one and weighed at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum

from stepladder.confidence.weighing import effective

Weights = Mapping[float | None, float]
"""What a row weighs, by its probability to be drawn; None for gold that was not drawn."""


@dataclass(slots=True)
class Tally:
    """How many rows there are, by their probability to be drawn.

    Counts, not sums of weights: they are exact, and in whatever order concurrent candidates
    finish, the same rows come to the same figure. There are as many as there are strata.
    """

    by_chance: Counter[float | None] = field(default_factory=Counter)

    def add(self, chance: float | None, rows: int = 1) -> None:
        """Count rows that were drawn with this probability."""
        self.by_chance[chance] += rows

    @property
    def rows(self) -> int:
        """All of them, unweighted."""
        return self.by_chance.total()

    def weight(self, weights: Weights) -> float:
        """All of them, weighed."""
        return fsum(count * weights[chance] for chance, count in self.by_chance.items())

    def even(self, weights: Weights) -> bool:
        """Whether every row weighs the same."""
        return len({weights[chance] for chance, count in self.by_chance.items() if count}) <= 1

    def effective(self, weights: Weights) -> float:
        """How many rows of equal weight these are worth."""
        return effective(self.by_chance, weights)

    def __sub__(self, part: Tally) -> Tally:
        """The rows that are not in this part of them."""
        return Tally(self.by_chance - part.by_chance)
