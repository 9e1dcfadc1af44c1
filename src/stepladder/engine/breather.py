"""Letting the event loop go on, however much is done without waiting for anything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LATEST = 0.005
"""Seconds for which nobody else is heard: no timeout, no signal, nobody who reads decisions."""


class Breather:
    """Everybody's pause from work that waits for nothing; for one event loop.

    A call lets the loop go on by itself. A candidate whose votes are all known, or that
    nobody pays for, does not, and there may be a million of them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self._coming = False

    @property
    def due(self) -> bool:
        """Whether others are to be heard before anything else is taken up."""
        return self._clock() - self._last > LATEST

    async def take(self) -> None:
        """Return once the loop has gone on."""
        # The first to return may work until the next one is due: the others wait for that.
        while self.due:
            if not self._coming:
                self._coming = True
                asyncio.get_running_loop().call_soon(self._taken)
            await asyncio.sleep(0)

    def _taken(self) -> None:
        self._last, self._coming = self._clock(), False
