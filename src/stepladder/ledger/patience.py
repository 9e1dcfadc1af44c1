"""Waiting for a database that is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from stepladder.ledger.database import Database

PATIENCE = 60.0
"""Seconds to wait for a database that went away."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
"""Seconds between two tries; each is twice as long as the one before."""

Result = TypeVar("Result")


def patiently(database: Database, call: Callable[[], Result]) -> Result:
    """What the call returns, tried again while the database is away; at last its error."""
    end, pause = time.monotonic() + PATIENCE, FIRST_PAUSE
    while True:
        try:
            return call()
        except Exception as problem:
            if not database.lost(problem) or time.monotonic() > end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
