"""`stepladder tune`: the cheapest policy that is good enough, with evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

Out = Annotated[Path, typer.Option(metavar="P.toml", help="Where the policy goes.")]
Policy = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="P.toml",
        help="Describes the annotators; by default the recording's own, priced by their names.",
    ),
]
Annotators = Annotated[
    str | None, typer.Option(metavar="A,B,C", help="Search only over these; by default all.")
]
MaxError = Annotated[
    str | None, typer.Option(metavar="E", help="Wrong labels among all delivered: at most this.")
]
MaxAcceptedError = Annotated[
    str | None, typer.Option(metavar="E", help="Wrong labels among machines' own: at most this.")
]
Confidence = Annotated[
    str | None,
    typer.Option("--with-confidence", metavar="C", help="Promise it, tested on gold kept apart."),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Promise it also if groups of a kind nobody saw are large.")
]
CountGold = Annotated[
    bool, typer.Option("--count-gold", help="The error is that of all rows, those of gold too.")
]
ErrorCost = Annotated[
    str | None, typer.Option(metavar="USD", help="What a wrong label costs: least of all together.")
]
Budget = Annotated[
    str | None,
    typer.Option("--budget-per-candidate", metavar="USD", help="Most accurate at this mean cost."),
]
NoPeople = Annotated[bool, typer.Option("--no-people", help="Machines only.")]
Tiers = Annotated[
    int | None, typer.Option(min=1, max=4, metavar="N", help="Tiers of machines, at most.")
]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw the frontier, as PNG or SVG.")
]


@plainly
def tune(
    *,
    recording: options.RecordingFile,
    out: Out,
    gold: options.GoldSheets = None,
    policy: Policy = None,
    task: options.TaskOfRecording = None,
    annotators: Annotators = None,
    max_error: MaxError = None,
    max_accepted_error: MaxAcceptedError = None,
    with_confidence: Confidence = None,
    strict: Strict = False,
    count_gold: CountGold = False,
    error_cost: ErrorCost = None,
    budget_per_candidate: Budget = None,
    human_price: options.HumanPrice = None,
    no_people: NoPeople = False,
    tiers: Tiers = None,
    prices: options.OwnPrices = None,
    at: options.Day = None,
    seed: options.DrawSeed = 0,
    plot: Plot = None,
    json: options.Json = False,
) -> None:
    """Search routes and thresholds, and write the policy with what was learnt beside it.

    Exit codes: 0 done, 2 something to mend first, 4 infeasible.
    """
    from stepladder.cli.searched import Searched
    from stepladder.cli.tune_command import carry_out
    from stepladder.cli.tune_request import TuneRequest

    request = TuneRequest(
        searched=Searched(
            recording=recording,
            gold=tuple(gold or ()),
            policy=policy,
            task=task,
            annotators=options.names("--annotators", annotators),
            prices=prices,
            day=options.day("--at", at),
            human_price=options.amount("--human-price", human_price),
        ),
        out=out,
        max_error=options.probability("--max-error", max_error),
        max_accepted_error=options.probability("--max-accepted-error", max_accepted_error),
        confidence=options.probability("--with-confidence", with_confidence),
        strict=strict,
        count_gold=count_gold,
        error_cost=options.amount("--error-cost", error_cost),
        budget=options.amount("--budget-per-candidate", budget_per_candidate),
        people=not no_people,
        tiers=tiers,
        seed=seed,
        plot=plot,
    )
    raise typer.Exit(carry_out(request, json=json))
