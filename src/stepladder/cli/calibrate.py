"""`stepladder calibrate`: how far each annotator, and the pool, can be taken at their word."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

RunName = Annotated[
    str, typer.Option(metavar="NAME", help="The run's name in the ledger; by default the task's.")
]
Budget = Annotated[
    str | None, typer.Option(metavar="USD", help="Wall for models, in place of the policy's.")
]
AllGold = Annotated[
    bool,
    typer.Option("--all-gold", help="Use all gold, not only the share that label calibrates on."),
]
Plot = Annotated[
    Path | None, typer.Option(metavar="OUT.png", help="Draw reliability diagrams to this file.")
]


@plainly
def calibrate(
    *,
    candidates: options.CandidatesFile,
    task: options.TaskFile,
    policy: options.PolicyFile,
    ledger: options.Ledger = None,
    run: RunName = "",
    budget: Budget = None,
    all_gold: AllGold = False,
    plot: Plot = None,
    seed: options.Seed = 0,
    json: options.Json = False,
) -> None:
    """Ask every machine about the calibration rows, fit, and judge the fit on held-out gold.

    Answers and the fit stay in the ledger, where label finds them; the same command resumes.
    """
    from stepladder.cli.calibrate_command import carry_out
    from stepladder.cli.calibrate_request import CalibrateRequest

    request = CalibrateRequest(
        candidates=candidates,
        task=task,
        policy=policy,
        ledger=ledger,
        run=options.run_name(run),
        budget=options.amount("--budget", budget),
        all_gold=all_gold,
        plot=plot,
        seed=seed,
    )
    raise typer.Exit(carry_out(request, json=json))
