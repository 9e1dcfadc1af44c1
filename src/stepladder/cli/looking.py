"""A word now and then while the candidates of a big file are looked at."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from stepladder.types import Candidate

EVERY = 5.0
"""Seconds between two words."""
STEP = 1000
"""Candidates between two looks at the clock."""


class Looking:
    """Counts candidates, and says how many there were every few seconds."""

    def __init__(self, path: Path, say: Callable[[str], object]) -> None:
        self._path = path
        self._say = say
        self._due = time.monotonic() + EVERY

    def at(self, place: int, _: Candidate) -> None:
        """The candidate at this place, counted from 0, is looked at."""
        if place % STEP == 0 and time.monotonic() >= self._due:
            self._say(f"Checking {self._path}: {place:,} candidates so far.")
            self._due = time.monotonic() + EVERY
