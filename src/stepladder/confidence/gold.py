"""Calibration candidates: their gold, everybody's votes, and how they were drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stepladder.confidence.weighing import effective, weights
from stepladder.types import Candidate, Vote
from stepladder.types.arrays import Floats, Numbers


@dataclass(frozen=True, slots=True)
class GoldRow:
    """One calibration candidate with everybody's votes."""

    candidate: Candidate
    """Its gold is set."""
    votes: Mapping[str, Vote]
    """By annotator."""

    @property
    def gold(self) -> str:
        """The trusted label."""
        if self.candidate.gold is None:
            raise ValueError(f"candidate {self.candidate.id!r} has no gold")
        return self.candidate.gold

    @property
    def group(self) -> str:
        """Rows of one group stay on one side of every split."""
        return self.candidate.group


@dataclass(frozen=True, eq=False)
class GoldTable:
    """Gold rows as numbers, so that fits and their errors are sums over arrays."""

    labels: tuple[str, ...]
    """The task's labels (K)."""
    rows: tuple[GoldRow, ...]
    """The rows themselves (n)."""

    @cached_property
    def gold(self) -> Numbers:
        """The number of each row's label (n)."""
        place = {label: number for number, label in enumerate(self.labels)}
        return np.array([place[row.gold] for row in self.rows], dtype=np.int64)

    @cached_property
    def weight(self) -> Floats:
        """What each row stands for (n), 1 in the mean: see `weights`."""
        chances = [row.candidate.sampled for row in self.rows]
        by_chance = weights(Counter(chances))
        return np.array([by_chance[chance] for chance in chances], dtype=np.float64)

    @property
    def effective(self) -> float:
        """How many rows of equal weight these are worth."""
        return effective(Counter(row.candidate.sampled for row in self.rows))

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The group of each row (n)."""
        return tuple(row.group for row in self.rows)

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """The question of each row (n)."""
        return tuple(row.candidate.question for row in self.rows)

    def at(self, places: Numbers) -> GoldTable:
        """The rows at these places."""
        return GoldTable(self.labels, tuple(self.rows[int(place)] for place in places))

    def __len__(self) -> int:
        return len(self.rows)
