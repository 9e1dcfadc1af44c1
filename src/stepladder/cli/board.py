"""A run's progress on stderr: a live bar in a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from stepladder.cli.in_flight import Calls
from stepladder.cli.pace import Pace, clock
from stepladder.engine import Run
from stepladder.engine.account import Wall

EVERY = 5.0
"""Seconds between two lines where there is no terminal."""
BAR = 40
"""Columns of the bar at most."""


class Board:
    """What a run has done so far, in words; rich draws it anew several times a second."""

    def __init__(self, run: Run, calls: Calls, calibration_calls: int) -> None:
        """`calibration_calls` is how many answers calibration needs, if none is known yet."""
        self._run = run
        self._calls = calls
        self._calibration_calls = calibration_calls
        self._calibrating = Pace()
        self._labelling = Pace()

    def __rich__(self) -> Group:
        progress = self._run.progress
        first = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=max(1, progress.total), completed=progress.done, width=BAR)
        first.add_row(bar, Text(self._stage()), Text(self._time_left()))
        return Group(first, Text(self._accepted()), Text(self._money()))

    def line(self) -> str:
        """Everything in one line."""
        return "; ".join(
            (self._stage(), self._accepted(), self._money(), self._time_left()),
        )

    def _stage(self) -> str:
        progress = self._run.progress
        if self._run.calibrated is None:
            back = min(self._calls.back, self._calibration_calls)
            return f"calibrating: {back:,} of {self._calibration_calls:,} answers"
        return f"{progress.done:,} of {progress.total:,} done"

    def _accepted(self) -> str:
        tiers = self._run.progress.tiers
        gold = self._run.progress.calibration.asked
        by_tier = [f"{tier.name} {tier.accepted:,}" for tier in tiers]
        return f"accepted: {', '.join([f'gold {gold:,}', *by_tier] if gold else by_tier)}"

    def _money(self) -> str:
        wages = self._run.wages
        paid = f"spent {_spent(self._run.budget)}"
        return f"{paid}, wages {_spent(wages)}" if self._run.limits.wages else paid

    def _time_left(self) -> str:
        if self._run.calibrated is None:
            return _rest(self._calibrating, self._calls.back, self._calibration_calls)
        progress = self._run.progress
        return _rest(self._labelling, progress.done, progress.total)


def _rest(pace: Pace, done: int, total: int) -> str:
    pace.note(done, time.monotonic())
    seconds = pace.seconds_for(max(0, total - done))
    return "time left unknown" if seconds is None else f"{clock(seconds)} left"


def _spent(wall: Wall) -> str:
    left = wall.limit - wall.spent
    return f"{wall.spent.rounded} USD, {left.rounded} left"


@asynccontextmanager
async def shown(board: Board, console: Console, *, quiet: bool) -> AsyncIterator[Live | None]:
    """Show the board while the block runs; the live display comes back if there is one."""
    if quiet:
        yield None
    elif console.is_terminal:
        with Live(board, console=console, refresh_per_second=4, transient=True) as live:
            yield live
    else:
        lines = asyncio.create_task(_lines(board, console))
        try:
            yield None
        finally:
            lines.cancel()


async def _lines(board: Board, console: Console) -> None:
    while True:
        await asyncio.sleep(EVERY)
        console.print(board.line(), soft_wrap=True)
