"""What comes before a run: every check, and the price said aloud."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from stepladder.cli.failing import USER_ERROR, complain
from stepladder.cli.looking import Looking
from stepladder.cli.output import check_output, ledger_for
from stepladder.cli.request import LabelRequest
from stepladder.cli.screen import many
from stepladder.cli.today import today
from stepladder.engine.burden import Estimate
from stepladder.engine.checks import Checked, Wanted, check
from stepladder.engine.intake import Intake, Observer
from stepladder.engine.ledger_gold import gold_in
from stepladder.engine.setup import Setup
from stepladder.errors import LedgerError
from stepladder.ledger import connect, ledger_file
from stepladder.policy import HumanSpec, RecordedSpec
from stepladder.task import Task
from stepladder.task.candidates_file import CandidatesFile
from stepladder.task.load import examples_file


@dataclass(frozen=True, slots=True)
class Ready:
    """What a run needs, checked."""

    setup: Setup
    candidates: CandidatesFile
    intake: Intake | None = None
    """What a look through the candidates found."""

    @property
    def calibration_calls(self) -> int:
        """Answers that calibration needs, as far as that is known."""
        found = self.intake.estimate if self.intake else None
        return found.calibration.likely.requests if found else 0


def prepare(request: LabelRequest, console: Console, *, quiet: bool) -> Ready:
    """Check everything and say the price; raises UserError, or Exit when a check failed."""
    observers = [] if quiet else [Looking(request.candidates, console.print).at]
    ready = ready_or_exit(request.wanted, observers)
    if ready.intake is not None and not ready.intake.gold:
        _tell_of_other_gold(request, ready.setup.task)
    ledger = ledger_file(request.ledger_url)
    check_output(request.output, ledger, _inputs(request, ready.setup))
    budget = ready.setup.budget(request.options)
    connect(request.ledger_url).dispose()
    found = ready.intake.estimate if ready.intake else None
    if found is not None and not quiet:
        wages = ready.setup.wages(request.options)
        walls = f"{budget.rounded} USD" + (f", wages {wages.rounded} USD" if wages else "")
        console.print(f"{worst_case(found)} Budget: {walls}.", soft_wrap=True)
    return ready


def _tell_of_other_gold(request: LabelRequest, task: Task) -> None:
    """With --out the ledger is another one than the one that `gold` fills by default."""
    other = ledger_for(request.candidates, None)
    if request.ledger is not None or other == request.ledger_url:
        return
    with suppress(LedgerError):
        if given := gold_in(other, task):
            complain(
                "warning",
                f"{many(len(given), 'row')} of gold for these candidates are in {other}; give "
                f"--ledger {other} to use them",
            )


def ready_or_exit(wanted: Wanted, observers: Sequence[Observer] = ()) -> Ready:
    """The checked setup; the findings go to stderr, and errors among them end the command.

    `observers` are shown every candidate that is looked at.
    """
    checked = asyncio.run(check(wanted, today(), observers))
    complain_of(checked)
    if checked.findings.errors or checked.setup is None or checked.candidates is None:
        raise typer.Exit(USER_ERROR)
    return Ready(checked.setup, checked.candidates, checked.intake)


def complain_of(checked: Checked) -> None:
    """One line on stderr for each finding."""
    for finding in checked.findings.all:
        complain(finding.weight, finding.message)


def worst_case(found: Estimate) -> str:
    """The whole price in one sentence or two."""
    most = f"At most {found.most_usd.rounded} USD for {many(found.candidates, 'candidate')}"
    wages = f" and {found.most_wages.rounded} USD of wages" if found.most_wages else ""
    return f"{most}{wages}; likely {found.likely_usd.rounded} USD if all climb to the top."


def _inputs(request: LabelRequest, setup: Setup) -> Iterator[Path]:
    """The files that this run reads."""
    yield from (request.candidates, request.task, request.policy)
    examples = examples_file(request.task)
    if examples is not None:
        yield examples
    folder = request.wanted.policy_folder
    yield from (folder / name for name in setup.policy.prices)
    for spec in setup.policy.annotators.values():
        if isinstance(spec, HumanSpec) and spec.answers:
            yield folder / spec.answers
        if isinstance(spec, RecordedSpec):
            yield folder / spec.recording
