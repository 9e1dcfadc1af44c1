"""`stepladder`, under a clock on the wall that jumps; the monotonic one goes on.

A program for tests: `python kill_clock.py label …`. All that says what time it is jumps an
hour ahead, a day ahead, and then two hours back, while the run is at work.
"""

from __future__ import annotations

import datetime
import itertools
import sys
import time
from typing import Self

HOUR = 3600
JUMPS = ((0, 0), (4, HOUR), (7, 25 * HOUR), (10, -2 * HOUR))
"""From which look at the clock on, by how many seconds it is wrong."""

_true_time = time.time
_looks = itertools.count()
_wrong_by = [0]


def look() -> int:
    """Seconds by which the clock is wrong now; each commit of the ledger looks once."""
    number = next(_looks)
    _wrong_by[0] = [wrong for since, wrong in JUMPS if number >= since][-1]
    return _wrong_by[0]


class Jumping(datetime.datetime):
    """A datetime that believes the jumping clock."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Self:
        """What the clock shows."""
        return super().now(tz) + datetime.timedelta(seconds=look())


def main() -> None:
    """Change the clocks, and run the command line."""
    datetime.datetime = Jumping  # type: ignore[misc]
    time.time = lambda: _true_time() + _wrong_by[0]
    from stepladder.cli.app import app

    app(sys.argv[1:])


if __name__ == "__main__":
    main()
