"""How long the rest of a run will take, going by the last minute."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MEMORY = 60.0
"""Seconds that are looked back on."""


@dataclass(frozen=True, slots=True)
class _Mark:
    at: float
    done: int


@dataclass(slots=True)
class Pace:
    """Remembers when how many were done."""

    _marks: deque[_Mark] = field(default_factory=deque)

    def note(self, done: int, now: float) -> None:
        """So many are done at this time, in seconds of any clock."""
        self._marks.append(_Mark(now, done))
        while len(self._marks) > 2 and now - self._marks[0].at > MEMORY:
            self._marks.popleft()

    def seconds_for(self, rest: int) -> float | None:
        """Seconds that so many more will take; None while nothing moves."""
        if len(self._marks) < 2:
            return None
        first, last = self._marks[0], self._marks[-1]
        if last.done <= first.done:
            return None
        return rest * (last.at - first.at) / (last.done - first.done)


def clock(seconds: float) -> str:
    """Seconds as hours, minutes and seconds: 1:02:03, or 2:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
