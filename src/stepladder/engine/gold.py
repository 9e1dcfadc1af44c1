"""Which candidates have gold, and which of them calibrate."""

from __future__ import annotations

import random
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from stepladder.confidence.weighing import effective
from stepladder.policy import Policy


class Gold:
    """The places of all candidates with gold, and their groups: not the candidates themselves."""

    def __init__(self) -> None:
        self._places = array("Q")
        self._groups: list[str] = []
        self._by_chance: dict[int, float] = {}

    def add(self, place: int, group: str, sampled: float | None = None) -> None:
        """The candidate at this place, counted from 0, has gold; with what chance it was drawn."""
        self._places.append(place)
        self._groups.append(group)
        if sampled is not None:
            self._by_chance[place] = sampled

    def __len__(self) -> int:
        return len(self._places)

    def choose(self, policy: Policy, seed: int) -> tuple[int, ...]:
        """The places of a random share of the gold for calibration, whole groups at a time."""
        wanted = self._wanted(policy)
        shuffled = list(self._by_group()) if wanted else []
        random.Random(seed).shuffle(shuffled)  # noqa: S311
        chosen: list[int] = []
        for places in shuffled:
            if len(chosen) + len(places) <= wanted:
                chosen += places
        return tuple(chosen)

    @property
    def groups(self) -> int:
        """How many groups it is of."""
        return len(set(self._groups))

    def worth(self, places: Iterable[int]) -> float:
        """How many rows of equal weight the gold at these places is worth."""
        return effective(Counter(map(self._by_chance.get, places)))

    def too_large(self, policy: Policy) -> tuple[str, ...]:
        """A warning when rows are wanted for calibration, but every group has more of them."""
        wanted = self._wanted(policy)
        sizes = [len(places) for places in self._by_group()] if wanted else []
        if not sizes or min(sizes) <= wanted:
            return ()
        limit = "share" if wanted < policy.calibration.rows else "rows"
        allowed = f"calibration.{limit} lets calibrate ({wanted:,} of {len(self):,})"
        if len(sizes) == 1:
            # A larger share would not help: one group calibrates nothing.
            which, remedy = "the only group of gold has", "give gold of more groups"
        else:
            which = "every group of gold has at least"
            remedy = f"give gold of more groups, or raise calibration.{limit}"
        return (f"{which} {min(sizes):,} rows, more than {allowed}, so none does: {remedy}",)

    def _wanted(self, policy: Policy) -> int:
        if policy.fitted is not None:
            return 0
        return min(policy.calibration.rows, int(len(self) * policy.calibration.share))

    def _by_group(self) -> Iterator[array[int]]:
        ranked = sorted(range(len(self)), key=self._groups.__getitem__)
        for _, members in groupby(ranked, key=self._groups.__getitem__):
            yield array("Q", (self._places[member] for member in members))
