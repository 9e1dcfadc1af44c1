"""One run from its first call to its last, with its file, its progress and its signals."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

from rich.console import Console

from stepladder.cli.board import Board, shown
from stepladder.cli.in_flight import Calls, counted
from stepladder.cli.interrupts import Interrupts, watching
from stepladder.cli.output import Output
from stepladder.engine import Finished, Run, RunOptions, Setup
from stepladder.engine.summary import Payroll, Summary, summarise
from stepladder.errors import (
    AnnotatorError,
    LedgerBusyError,
    LedgerError,
    LedgerMismatchError,
    OverrunError,
    StepladderError,
)
from stepladder.task.candidates_file import CandidatesFile


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    summary: Summary
    halted: StepladderError | None
    """The error that stopped it."""
    signal: int | None
    """The number of the signal that stopped it."""


async def label_file(
    setup: Setup,
    candidates: CandidatesFile,
    options: RunOptions,
    output: Output,
    console: Console,
    *,
    quiet: bool,
) -> Ended:
    """Label everything, or stop when told to; raises UserError when the run cannot begin."""
    calls = Calls()
    run = Run(counted(setup, calls), candidates, options)
    payroll = Payroll()
    interrupts = Interrupts(run.stop, lambda text: console.print(text), lambda: calls.under_way)
    halted: StepladderError | None = None
    with watching(interrupts):
        try:
            async with shown(Board(run, calls), console, quiet=quiet):
                await _take(run, output, payroll)
        except (AnnotatorError, OverrunError, LedgerError) as problem:
            if isinstance(problem, LedgerBusyError | LedgerMismatchError):
                raise
            halted = problem
    output.put_in_order(candidates)
    return Ended(summarise(run, payroll, candidates), halted, interrupts.number)


async def _take(run: Run, output: Output, payroll: Payroll) -> None:
    # Closed at once when the file cannot be written: calls under way finish, none follow.
    async with aclosing(cast("AsyncGenerator[Finished]", run.decisions())) as decisions:
        async for finished in decisions:
            payroll.add(finished)
            output.write(finished.decision)
