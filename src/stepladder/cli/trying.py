"""`stepladder try`: what is sent and what comes back, for a few candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

if TYPE_CHECKING:
    from rich.console import Console

    from stepladder.engine.call import Call
    from stepladder.engine.setup import Setup
    from stepladder.engine.trial import Trial, Tried
    from stepladder.types import Candidate

Number = Annotated[int, typer.Option("-n", min=1, metavar="N", help="How many candidates.")]


@plainly
def try_(
    *,
    candidates: options.CandidatesFile,
    task: options.TaskFile,
    policy: options.PolicyFile,
    number: Number = 5,
    json: options.Json = False,
) -> None:
    """Ask every annotator about a few candidates, and show prompts, answers and prices.

    It is paid for, but not written to any ledger: `label` would ask again.
    """
    import asyncio

    from stepladder.cli.preparing import ready_or_exit
    from stepladder.cli.screen import many, margin, print_json, screen
    from stepladder.engine.checks import Wanted
    from stepladder.engine.trial import quote_of, try_out

    ready = ready_or_exit(Wanted(task, policy, candidates, number, calibrates=False))
    chosen, setup = list(ready.candidates), ready.setup
    most = quote_of(setup, chosen)
    margin().print(
        f"Asking {many(len(setup.annotators), 'annotator')} about "
        f"{many(len(chosen), 'candidate')}: at most {most.rounded} USD.",
        soft_wrap=True,
    )
    trial = asyncio.run(try_out(setup, chosen))
    if json:
        print_json(_figures(setup, trial))
    else:
        _print(screen(), setup, trial)


def _figures(setup: Setup, trial: Trial) -> dict[str, Any]:
    from stepladder.cli.prompts import prompt_parts

    return {
        "usd": trial.cost.plain,
        "candidates": [
            {
                "id": about.candidate.id,
                "question": about.candidate.question,
                "gold": about.candidate.gold,
                "annotators": [
                    {
                        **_answer(tried),
                        "prompt": [
                            {"role": part.role, "text": part.text}
                            for part in prompt_parts(setup, tried.call, about.candidate)
                        ],
                    }
                    for tried in about.tried
                ],
            }
            for about in trial.about
        ],
    }


def _answer(tried: Tried) -> dict[str, Any]:
    from stepladder.cli.figures import tokens

    return {
        "annotator": tried.call.annotator,
        "variant": tried.call.draw.variant,
        "sample": tried.call.draw.sample,
        "label": tried.label,
        "problem": tried.problem,
        "text": tried.text,
        "confidence": dict(tried.confidence.by_label),
        "confidence_source": tried.confidence.source.value,
        "tokens": tokens(tried.usage),
        "usd": tried.cost.plain,
        "seconds": round(tried.seconds, 3),
    }


def _print(console: Console, setup: Setup, trial: Trial) -> None:
    for calls in setup.calls.values():
        for variant in dict.fromkeys(call.draw.variant for call in calls):
            call = next(call for call in calls if call.draw.variant == variant)
            _print_prompt(console, setup, call, trial.about[0].candidate)
    from stepladder.cli.prompts import last_part
    from stepladder.cli.screen import table

    for about in trial.about:
        console.rule(f"id {about.candidate.id}", align="left", characters="-")
        console.print(last_part(setup.task, about.candidate), soft_wrap=True)
        grid = table(
            *("annotator", "answer", "raw confidence", "tokens", "USD", "seconds"),
            numbers=frozenset({"tokens", "USD", "seconds"}),
        )
        for tried in about.tried:
            grid.add_row(*_cells(tried))
        console.print(grid)
        if about.candidate.gold is not None:
            console.print(f"gold: {about.candidate.gold}")
    console.print(f"\nSpent {trial.cost.rounded} USD.")


def _cells(tried: Tried) -> list[str]:
    ranked = sorted(tried.confidence.by_label.items(), key=lambda item: -item[1])
    shown = ", ".join(f"{label} {share:.3f}" for label, share in ranked[:4])
    return [
        _named(tried.call),
        tried.label or f"({tried.problem})",
        shown or "none",
        f"{tried.usage.tokens:,}",
        tried.cost.rounded,
        f"{tried.seconds:.2f}",
    ]


def _named(call: Call) -> str:
    """Who, and which draw if it is not the first."""
    from stepladder.types import FIRST

    return call.annotator if call.draw == FIRST else f"{call.annotator} ({call.draw.shown})"


def _print_prompt(console: Console, setup: Setup, call: Call, candidate: Candidate) -> None:
    from stepladder.cli.prompts import prompt_parts

    console.rule(f"prompt of {_named(call)}", align="left")
    for part in prompt_parts(setup, call, candidate):
        console.print(f"[{part.role}]", style="bold")
        console.print(part.text, soft_wrap=True)
