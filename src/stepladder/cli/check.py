"""`stepladder check`: everything that would stop a run, before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import USER_ERROR, plainly

if TYPE_CHECKING:
    from stepladder.engine.checks import Checked
    from stepladder.engine.findings import Findings

Candidates = Annotated[
    Path | None, typer.Argument(metavar="[CANDIDATES]", help="What would be labelled.")
]


@plainly
def check(
    *,
    task: options.TaskFile,
    policy: options.PolicyFile,
    candidates: Candidates = None,
    limit: options.Limit = None,
    seed: options.Seed = 0,
    ledger: options.Ledger = None,
    json: options.Json = False,
) -> None:
    """Find everything that would stop a run; nothing is paid and no model is asked.

    Exits with 2 when there is an error; warnings alone are fine.
    """
    import asyncio

    from stepladder.cli.output import ledger_for
    from stepladder.cli.screen import print_json
    from stepladder.cli.today import today
    from stepladder.engine.checks import Wanted
    from stepladder.engine.checks import check as look

    url = "" if candidates is None else ledger_for(candidates, ledger)
    wanted = Wanted(task, policy, candidates, limit, seed, ledger=url)
    checked = asyncio.run(look(wanted, today()))
    _check_budget(checked)
    findings = checked.findings
    if json:
        problems = [{"weight": f.weight.value, "message": f.message} for f in findings.all]
        print_json({"ok": not findings.errors, "problems": problems})
    else:
        _print(findings)
    if findings.errors:
        raise typer.Exit(USER_ERROR)


def _check_budget(checked: Checked) -> None:
    from stepladder.engine.check_candidates import first_tier_problem

    setup = checked.setup
    if setup is None:
        return
    if setup.policy.budget.usd is None:
        checked.findings.warn("the policy names no budget; label will need --budget USD")
    if checked.candidates is not None and not checked.findings.errors:
        problem = first_tier_problem(setup, checked.candidates)
        if problem is not None:
            checked.findings.error(problem)


def _print(findings: Findings) -> None:
    from stepladder.cli.failing import complain

    for finding in findings.all:
        complain(finding.weight, finding.message)
    if not findings.errors:
        typer.echo("Nothing would stop a run.")
