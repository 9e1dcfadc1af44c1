"""One run from its first call to its last, with its file, its progress and its signals."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass

from rich.console import Console

from stepladder.cli.board import Board, shown
from stepladder.cli.in_flight import Calls, counted
from stepladder.cli.interrupts import Interrupts, watching
from stepladder.cli.output import Output
from stepladder.cli.standing import standing
from stepladder.engine import Run, RunOptions, Setup
from stepladder.engine.intake import Intake
from stepladder.engine.payroll import Payroll
from stepladder.engine.summary import Summary, summarise
from stepladder.errors import (
    AnnotatorError,
    LedgerError,
    OverrunError,
    StepladderError,
    TableError,
)
from stepladder.tables.key_hashes import KnownKeys
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import Decision


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
    calibration_calls: int,
    quiet: bool,
    intake: Intake | None = None,
) -> Ended:
    """Label everything, or stop when told to; raises UserError when the run cannot begin.

    `calibration_calls` is what the progress counts up to at first; `intake` is what a look
    through the candidates found, if somebody took one.
    """
    calls = Calls()
    run = Run(counted(setup, calls), candidates, options, intake)
    board = Board(run, calls, calibration_calls)
    payroll = Payroll()
    interrupts = Interrupts(run.stop, lambda text: console.print(text), lambda: calls.under_way)
    halted: StepladderError | None = None
    with watching(interrupts):
        try:
            async with shown(board, console, quiet=quiet):
                await _take(run, output, payroll)
        except (AnnotatorError, OverrunError, LedgerError) as problem:
            if isinstance(problem, LedgerError) and not (calls.back or run.progress.done):
                raise
            halted = problem
        except TableError as problem:
            # The output cannot be written; the ledger has everything that was paid for.
            halted = problem

    def earlier(written: KnownKeys) -> Iterable[Decision]:
        # A ledger that failed is not asked again.
        return [] if isinstance(halted, LedgerError) else standing(run, candidates, written)

    if not isinstance(halted, TableError):
        output.complete(candidates, earlier)
    return Ended(summarise(run, payroll, candidates), halted, interrupts.number)


async def _take(run: Run, output: Output, payroll: Payroll) -> None:
    # Closed at once when the file cannot be written: calls under way finish, none follow.
    async with aclosing(run.decisions()) as decisions:
        async for finished in decisions:
            payroll.add(finished)
            output.write(finished.decision)
