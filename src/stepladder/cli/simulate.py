"""`stepladder simulate`: what policies would have cost and got right, on a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

Policies = Annotated[
    list[Path],
    typer.Option(
        "--policy",
        metavar="P.toml",
        help="To try; several are put side by side. A shipped policy goes by its name.",
    ),
]
Prices = Annotated[
    list[Path] | None,
    typer.Option(metavar="TABLE", help="Try these prices too; several are put side by side."),
]
Times = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=2", help="An annotator at twice its price; 0.5 for half."),
]
Batch = Annotated[bool, typer.Option("--batch", help="As if asked through batch APIs.")]
Cached = Annotated[
    str | None,
    typer.Option(metavar="SHARE", help="Share of each prompt read from a cache, such as 0.8."),
]
Plot = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw cost against accuracy, as PNG or SVG."),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="O", help="Where the decisions go: CSV, JSONL or Parquet."),
]


@plainly
def simulate(
    *,
    recording: options.RecordingFile,
    policy: Policies,
    task: options.TaskOfRecording = None,
    prices: Prices = None,
    at: options.Day = None,
    human_price: options.HumanPrice = None,
    times: Times = None,
    batch: Batch = False,
    cached_share: Cached = None,
    seed: options.Seed = 0,
    plot: Plot = None,
    out: Out = None,
    json: options.Json = False,
) -> None:
    """Try policies and prices on a recording, in milliseconds and for nothing."""
    from stepladder.cli.simulate_command import carry_out
    from stepladder.cli.simulate_request import SimulateRequest

    request = SimulateRequest(
        recording=recording,
        policies=tuple(policy),
        task=task,
        prices=tuple(prices or ()),
        day=options.day("--at", at),
        human_price=options.amount("--human-price", human_price),
        times=options.factors("--times", times or ()),
        batch=batch,
        cached=options.share("--cached-share", cached_share),
        seed=seed,
        plot=plot,
        out=out,
    )
    carry_out(request, json=json)
