"""`stepladder gold`: trusted labels for candidates drawn at random, kept in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

Rows = Annotated[
    int, typer.Option("--n", "-n", min=1, metavar="N", help="Rows with gold wanted, in all.")
]
Stratify = Annotated[
    bool, typer.Option("--stratify", help="Equal shares by what the first tier of --policy voted.")
]
Policy = Annotated[
    Path | None,
    typer.Option(metavar="P.toml", help="Whose minimum of gold counts, and whose first tier."),
]
SheetOut = Annotated[
    Path | None, typer.Option(metavar="OUT.csv", help="Write what is to be labelled to a sheet.")
]
SheetBack = Annotated[
    Path | None, typer.Option("--from", metavar="SHEET.csv", help="Read a sheet's labels.")
]
Session = Annotated[
    str, typer.Option(metavar="NAME", help="The session's name in the ledger, one at a time.")
]


@plainly
def gold(
    *,
    candidates: options.CandidatesFile,
    task: options.TaskFile,
    ledger: options.Ledger = None,
    rows: Rows = 100,
    seed: options.DrawSeed = 0,
    stratify: Stratify = False,
    policy: Policy = None,
    sheet: SheetOut = None,
    back: SheetBack = None,
    run: Session = "",
    json: options.Json = False,
) -> None:
    """Draw candidates at random and label them by keys, or on a sheet; the ledger keeps gold.

    The same command again goes on where it ended.
    """
    from stepladder.cli.gold_command import carry_out
    from stepladder.cli.gold_request import GoldRequest

    request = GoldRequest(
        candidates=candidates,
        task=task,
        ledger=ledger,
        rows=rows,
        seed=seed,
        stratify=stratify,
        policy=policy,
        sheet=sheet,
        back=back,
        run=options.run_name(run),
    )
    carry_out(request, json=json)
