"""Putting candidates to machines off the ladder, with its progress and its signals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rich.console import Console

from stepladder.cli.board import EVERY
from stepladder.cli.in_flight import Calls
from stepladder.cli.interrupts import Interrupts, watching
from stepladder.engine.interview import Interview
from stepladder.errors import AnnotatorError, LedgerError, OverrunError, StepladderError


@dataclass(frozen=True, slots=True)
class Ended:
    """How the asking ended."""

    halted: StepladderError | None
    """The error that stopped it."""
    signal: int | None
    """The number of the signal that stopped it."""

    def missing(self, run: Interview) -> bool:
        """Whether some candidates were not asked about because of that."""
        stopped = self.halted is not None or self.signal is not None
        return stopped and len(run.heard) < len(run.candidates)


async def ask(run: Interview, calls: Calls, console: Console) -> Ended:
    """Ask until the end, or until told to stop; raises UserError when it cannot begin."""
    interrupts = Interrupts(run.stop, lambda text: console.print(text), lambda: calls.under_way)
    halted: StepladderError | None = None
    with watching(interrupts):
        try:
            async with _lines(run, calls, console):
                await run.ask()
        except (AnnotatorError, OverrunError) as problem:
            halted = problem
        except LedgerError as problem:
            if not calls.back:
                raise
            halted = problem
    return Ended(halted, interrupts.number)


@asynccontextmanager
async def _lines(run: Interview, calls: Calls, console: Console) -> AsyncIterator[None]:
    """A line every few seconds while the block runs."""
    lines = asyncio.create_task(_print_lines(run, calls, console))
    try:
        yield
    finally:
        lines.cancel()


async def _print_lines(run: Interview, calls: Calls, console: Console) -> None:
    while True:
        await asyncio.sleep(EVERY)
        console.print(
            f"{len(run.heard):,} of {len(run.candidates):,} candidates, {calls.back:,} answers; "
            f"spent {run.purse.usd.spent.rounded} USD",
            soft_wrap=True,
        )
