"""Which candidates have gold, and which of them calibrate."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from itertools import groupby

from stepladder.policy import Policy


class Gold:
    """The places of all candidates with gold, and their groups: not the candidates themselves."""

    def __init__(self) -> None:
        self._places = array("Q")
        self._groups: list[str] = []

    def add(self, place: int, group: str) -> None:
        """The candidate at this place, counted from 0, has gold."""
        self._places.append(place)
        self._groups.append(group)

    def __len__(self) -> int:
        return len(self._places)

    def choose(self, policy: Policy, seed: int) -> tuple[int, ...]:
        """The places of a random share of the gold for calibration, whole groups at a time."""
        wanted = min(policy.calibration.rows, int(len(self) * policy.calibration.share))
        shuffled = list(self._by_group()) if wanted else []
        random.Random(seed).shuffle(shuffled)  # noqa: S311
        chosen: list[int] = []
        for places in shuffled:
            if len(chosen) + len(places) <= wanted:
                chosen += places
        return tuple(chosen)

    def _by_group(self) -> Iterator[array[int]]:
        ranked = sorted(range(len(self)), key=self._groups.__getitem__)
        for _, members in groupby(ranked, key=self._groups.__getitem__):
            yield array("Q", (self._places[member] for member in members))
