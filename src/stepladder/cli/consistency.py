"""`stepladder consistency`: how often annotators change their minds, and whether they did since."""

from __future__ import annotations

from typing import Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

Rows = Annotated[
    int, typer.Option("-n", min=1, metavar="N", help="Candidates to draw at random, about so many.")
]
Variants = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=100,
        metavar="N",
        help="Wordings, the task's own included; by default 6, with --against 1.",
    ),
]
Samples = Annotated[
    int, typer.Option(min=0, max=100, metavar="N", help="Times to ask once more in the same words.")
]
Annotators = Annotated[
    list[str] | None,
    typer.Option("--annotator", metavar="NAME", help="Whom to ask, repeatable; by default all."),
]
Budget = Annotated[
    str | None, typer.Option(metavar="USD", help="Wall for models, in place of the policy's.")
]
Against = Annotated[
    str | None,
    typer.Option(metavar="LEDGER", help="Compare with the votes of this ledger, given as a URL."),
]
AgainstRun = Annotated[
    str | None, typer.Option(metavar="NAME", help="Only with the votes that this run bought.")
]
Tolerance = Annotated[
    float,
    typer.Option(min=0.0, max=0.99, metavar="SHARE", help="Changed answers that are no change."),
]


@plainly
def consistency(
    *,
    candidates: options.CandidatesFile,
    task: options.TaskFile,
    policy: options.PolicyFile,
    rows: Rows = 50,
    variants: Variants = None,
    samples: Samples = 0,
    annotator: Annotators = None,
    ledger: options.Ledger = None,
    budget: Budget = None,
    against: Against = None,
    against_run: AgainstRun = None,
    tolerance: Tolerance = 0.02,
    seed: options.DrawSeed = 0,
    json: options.Json = False,
) -> None:
    """Ask models about a sample in several wordings, or again; the same command resumes.

    Exit codes: 0 done, 2 something to mend first, 3 halted, 130 after Ctrl-C.
    """
    from stepladder.cli.consistency_command import carry_out
    from stepladder.cli.consistency_request import ConsistencyRequest

    request = ConsistencyRequest(
        candidates=candidates,
        task=task,
        policy=policy,
        rows=rows,
        variants=variants,
        samples=samples,
        annotators=tuple(annotator or ()),
        ledger=ledger,
        budget=options.amount("--budget", budget),
        against=against,
        against_run=against_run,
        tolerance=tolerance,
        seed=seed,
    )
    raise typer.Exit(carry_out(request, json=json))
