"""`stepladder record`: put gold to several annotators, for simulating and tuning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

Annotators = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,C",
        help="Whom to ask: names in the policy; without one, models that litellm knows.",
    ),
]
Policy = Annotated[
    Path | None, typer.Option("--policy", metavar="P.toml", help="Where they are described.")
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="R.jsonl", help="By default CANDIDATES with .recording.jsonl."),
]
Rows = Annotated[
    int | None,
    typer.Option("-n", min=1, metavar="N", help="About so many, drawn at random by group."),
]
Every = Annotated[bool, typer.Option("--all", help="Also candidates without gold.")]
Budget = Annotated[
    str | None, typer.Option(metavar="USD", help="Wall for models, in place of the policy's.")
]


@plainly
def record(
    *,
    candidates: options.CandidatesFile,
    task: options.TaskFile,
    annotators: Annotators = None,
    policy: Policy = None,
    out: Out = None,
    rows: Rows = None,
    every: Every = False,
    ledger: options.Ledger = None,
    budget: Budget = None,
    seed: options.DrawSeed = 0,
) -> None:
    """Ask all annotators about all candidates with gold; the same command resumes.

    Exit codes: 0 done, 2 something to mend first, 3 halted, 130 after Ctrl-C.
    """
    from stepladder.cli.record_command import carry_out
    from stepladder.cli.record_request import RecordRequest

    request = RecordRequest(
        candidates=candidates,
        task=task,
        annotators=options.names("--annotators", annotators),
        policy=policy,
        out=out,
        rows=rows,
        every=every,
        ledger=ledger,
        budget=options.amount("--budget", budget),
        seed=seed,
    )
    raise typer.Exit(carry_out(request))
