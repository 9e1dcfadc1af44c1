"""Waiting for a database that is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from stepladder.ledger.database import Database

PATIENCE = 60.0
"""Seconds to wait for a database that went away."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
"""Seconds between two tries; each is twice as long as the one before."""

Result = TypeVar("Result")
Pause = Callable[[float], Awaitable[object]]
"""Waits so many seconds, or raises what ends the waiting."""


def patiently(database: Database, call: Callable[[], Result]) -> Result:
    """What the call returns, tried again while the database is away; at last its error."""
    pauses = _pauses()
    while True:
        try:
            return call()
        except Exception as problem:
            seconds = next(pauses, None)
            if seconds is None or not database.lost(problem):
                raise
        time.sleep(seconds)


async def patiently_aside(
    database: Database, call: Callable[[], Result], pause: Pause = asyncio.sleep
) -> Result:
    """The same, without holding up the event loop: called in a thread, and waited for here."""
    pauses = _pauses()
    while True:
        try:
            return await asyncio.to_thread(call)
        except Exception as problem:
            seconds = next(pauses, None)
            if seconds is None or not database.lost(problem):
                raise
        await pause(seconds)


def _pauses() -> Iterator[float]:
    end, pause = time.monotonic() + PATIENCE, FIRST_PAUSE
    while time.monotonic() <= end:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)
