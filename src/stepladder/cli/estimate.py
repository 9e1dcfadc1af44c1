"""`stepladder estimate`: tokens and USD by tier before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepladder.cli import options
from stepladder.cli.failing import plainly

if TYPE_CHECKING:
    from stepladder.engine.burden import Burden, Estimate
    from stepladder.types import Usd

NUMBERS = frozenset({"candidates", "likely tokens", "likely USD", "most tokens", "most USD"})


@plainly
def estimate(
    *,
    candidates: options.CandidatesFile,
    task: options.TaskFile,
    policy: options.PolicyFile,
    limit: options.Limit = None,
    seed: options.Seed = 0,
    ledger: options.Ledger = None,
    json: options.Json = False,
) -> None:
    """Tokens and USD by tier, likely and at worst; nothing is sent."""
    from stepladder.cli.output import ledger_for
    from stepladder.cli.reading import read_setup
    from stepladder.cli.screen import print_json
    from stepladder.engine.checks import Wanted
    from stepladder.engine.estimate import estimate as add_up
    from stepladder.engine.ledger_gold import gold_in
    from stepladder.task.candidates_file import CandidatesFile
    from stepladder.types import Usd

    setup = read_setup(Wanted(task, policy))
    gold = gold_in(ledger_for(candidates, ledger), setup.task)
    found = add_up(setup, CandidatesFile(candidates, setup.task, limit, gold), seed)
    usd = setup.policy.budget.usd
    budget = None if usd is None else Usd.of(usd)
    if json:
        print_json(_figures(found, budget))
    else:
        _print(found, budget)


def _print(found: Estimate, budget: Usd | None) -> None:
    from stepladder.cli.preparing import worst_case
    from stepladder.cli.screen import screen, table

    grid = table(
        *("tier", "candidates", "likely tokens", "likely USD", "most tokens", "most USD"),
        numbers=NUMBERS,
    )
    if found.calibration.most.requests:
        grid.add_row("calibration (gold)", *_cells(found.calibration))
        grid.add_section()
    for tier in found.tiers:
        grid.add_row(f"{tier.name} (wages)" if tier.wages else tier.name, *_cells(tier))
    console = screen()
    console.print(grid)
    console.print(
        "Likely: one attempt each, as if every candidate climbed to that tier. "
        "Most: all retries, at the longest.",
        soft_wrap=True,
    )
    console.print(worst_case(found), soft_wrap=True)
    console.print(_coverage(found, budget), soft_wrap=True)


def _cells(burden: Burden) -> list[str]:
    return [
        f"{burden.candidates:,}",
        f"{burden.likely.tokens:,}",
        burden.likely_usd.rounded,
        f"{burden.most.tokens:,}",
        burden.most_usd.rounded,
    ]


def _coverage(found: Estimate, budget: Usd | None) -> str:
    if budget is None:
        return f"The policy names no budget; --budget {found.most_usd.plain} covers the worst case."
    covered = found.covered(budget)
    if covered == found.candidates:
        return f"The budget of {budget.rounded} USD covers the worst case of all candidates."
    likely = "" if budget < found.likely_usd else ", and probably for all"
    return (
        f"The budget of {budget.rounded} USD is surely enough for {covered:,} of "
        f"{found.candidates:,} candidates{likely}."
    )


def _figures(found: Estimate, budget: Usd | None) -> dict[str, Any]:
    return {
        "candidates": found.candidates,
        "calibration": _burden(found.calibration),
        "tiers": [_burden(tier) for tier in found.tiers],
        "likely_usd": found.likely_usd.plain,
        "most_usd": found.most_usd.plain,
        "most_wages": found.most_wages.plain,
        "budget": None if budget is None else budget.plain,
        "covered": None if budget is None else found.covered(budget),
    }


def _burden(burden: Burden) -> dict[str, Any]:
    from stepladder.cli.figures import tokens

    return {
        "name": burden.name,
        "wages": burden.wages,
        "candidates": burden.candidates,
        "likely": {"tokens": tokens(burden.likely), "usd": burden.likely_usd.plain},
        "most": {"tokens": tokens(burden.most), "usd": burden.most_usd.plain},
    }
