"""`stepladder next-gold`: whom people should give gold to next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

MaxError = Annotated[
    str, typer.Option(metavar="E", help="Share of wrong labels among all rows, to be promised.")
]
Sheet = Annotated[
    Path, typer.Option(metavar="OUT.csv", help="Where what is to be labelled is written.")
]
Rows = Annotated[int, typer.Option("-n", "--rows", min=1, metavar="N", help="Rows that will test.")]
Policy = Annotated[
    Path | None,
    typer.Option("--policy", metavar="P.toml", help="Describes the annotators, as for `tune`."),
]
Annotators = Annotated[
    str | None, typer.Option(metavar="A,B,C", help="Only these; by default all.")
]


@plainly
def next_gold(
    *,
    recording: options.RecordingFile,
    max_error: MaxError,
    sheet: Sheet,
    rows: Rows = 250,
    gold: options.GoldSheets = None,
    policy: Policy = None,
    task: options.TaskOfRecording = None,
    annotators: Annotators = None,
    prices: options.OwnPrices = None,
    at: options.Day = None,
    seed: options.DrawSeed = 0,
) -> None:
    """Write a sheet of rows that people would get anyway, which teach, and of some that test.

    Needs a little gold, votes about all candidates, and candidates without gold in the
    recording. Give the sheet back by `tune --gold SHEET --count-gold`.
    """
    from stepladder.cli.next_gold_command import NextGoldRequest, carry_out
    from stepladder.cli.searched import Searched

    searched = Searched(
        recording=recording,
        gold=tuple(gold or ()),
        policy=policy,
        task=task,
        annotators=options.names("--annotators", annotators),
        prices=prices,
        day=options.day("--at", at),
    )
    error = options.probability("--max-error", max_error)
    carry_out(NextGoldRequest(searched, error or 0.0, sheet, rows, seed))
