"""What comes before a run: every check, and the price said aloud."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from rich.console import Console

from stepladder.cli.failing import USER_ERROR, complain
from stepladder.cli.output import check_output
from stepladder.cli.request import LabelRequest
from stepladder.cli.screen import many
from stepladder.cli.today import today
from stepladder.engine.checks import Checked, Wanted, check
from stepladder.engine.estimate import Estimate, estimate
from stepladder.engine.setup import Setup
from stepladder.ledger import connect
from stepladder.ledger.database import sqlite_path
from stepladder.policy import HumanSpec, RecordedSpec
from stepladder.task.candidates_file import CandidatesFile
from stepladder.task.load import examples_file


@dataclass(frozen=True, slots=True)
class Ready:
    """What a run needs, checked."""

    setup: Setup
    candidates: CandidatesFile
    calibration_calls: int = 0
    """Answers that calibration needs; not counted where no progress is shown."""


def prepare(request: LabelRequest, console: Console, *, quiet: bool) -> Ready:
    """Check everything and say the price; raises UserError, or Exit when a check failed."""
    ready = ready_or_exit(request.wanted)
    ledger = sqlite_path(request.ledger_url)
    check_output(request.output, ledger, _inputs(request, ready.setup))
    budget = ready.setup.budget(request.options)
    connect(request.ledger_url).dispose()
    if quiet:
        return ready
    found = estimate(ready.setup, ready.candidates, request.seed)
    wages = ready.setup.wages(request.options)
    walls = f"{budget.rounded} USD" + (f", wages {wages.rounded} USD" if wages else "")
    console.print(f"{worst_case(found)} Budget: {walls}.", soft_wrap=True)
    return replace(ready, calibration_calls=found.calibration.likely.requests)


def ready_or_exit(wanted: Wanted) -> Ready:
    """The checked setup; the findings go to stderr, and errors among them end the command."""
    checked = asyncio.run(check(wanted, today()))
    complain_of(checked)
    if checked.findings.errors or checked.setup is None or checked.candidates is None:
        raise typer.Exit(USER_ERROR)
    return Ready(checked.setup, checked.candidates)


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
