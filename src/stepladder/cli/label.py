"""`stepladder label`: the main job, from a file of candidates to a file of decisions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import HALTED, complain, plainly

if TYPE_CHECKING:
    from stepladder.cli.request import LabelRequest

Out = Annotated[
    Path | None,
    typer.Option(metavar="O", help="Where decisions go; by default CANDIDATES with .labelled."),
]
RunName = Annotated[
    str, typer.Option(metavar="NAME", help="The run's name in the ledger; by default the task's.")
]
Budget = Annotated[
    str | None, typer.Option(metavar="USD", help="Wall for models, in place of the policy's.")
]
Wages = Annotated[
    str | None, typer.Option(metavar="USD", help="Wall for people, in place of the policy's.")
]
Shared = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Draw on the budget of this name, as other runs of the ledger do."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no estimate.")]


@plainly
def label(
    *,
    candidates: options.CandidatesFile,
    task: options.TaskFile,
    policy: options.PolicyFile,
    out: Out = None,
    ledger: options.Ledger = None,
    run: RunName = "",
    budget: Budget = None,
    wages: Wages = None,
    shared_budget: Shared = "",
    limit: options.Limit = None,
    seed: options.Seed = 0,
    json: options.Json = False,
    quiet: Quiet = False,
) -> None:
    """Label candidates, inside the budget; the same command again resumes.

    Exit codes: 0 done, 2 something to mend first, 3 halted, 130 after Ctrl-C.
    """
    from stepladder.cli.request import LabelRequest

    request = LabelRequest(
        candidates=candidates,
        task=task,
        policy=policy,
        out=out,
        ledger=ledger,
        run=options.run_name(run),
        budget=options.amount("--budget", budget),
        wages=options.amount("--wages", wages),
        shared=shared_budget,
        limit=limit,
        seed=seed,
    )
    raise typer.Exit(_label(request, json=json, quiet=quiet))


def _label(request: LabelRequest, *, json: bool, quiet: bool) -> int:
    from stepladder.cli.labelling import label_file
    from stepladder.cli.output import Output
    from stepladder.cli.preparing import prepare
    from stepladder.cli.reporting import report
    from stepladder.cli.screen import margin
    from stepladder.engine import event_loop

    console = margin()
    ready = prepare(request, console, quiet=quiet)
    with Output(request.output) as output:
        ended = event_loop.run(
            label_file(
                ready.setup,
                ready.candidates,
                request.options,
                output,
                console,
                calibration_calls=ready.calibration_calls,
                quiet=quiet,
                intake=ready.intake,
            )
        )
    report(ended, request, ready, json=json)
    if ended.halted is not None:
        complain("error", str(ended.halted))
        return HALTED
    return 0 if ended.signal is None or ended.summary.complete else 128 + ended.signal
