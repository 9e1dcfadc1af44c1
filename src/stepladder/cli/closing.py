"""The figures of a run for people: the table by tier, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType

from stepladder.cli.screen import many, table
from stepladder.cli.trust_lines import trust_lines
from stepladder.engine.payroll import Alone
from stepladder.engine.progress import TierFigures
from stepladder.engine.summary import Accuracy, Summary
from stepladder.types import Status

NUMBERS = frozenset({"asked", "accepted", "escalated", "tokens", "USD", "seconds"})


def print_closing(console: Console, summary: Summary, minimum: int) -> None:
    """Print all figures; `minimum` is how many rows of gold a calibrator needs."""
    console.print(_tiers(summary))
    for line in _lines(summary, minimum):
        console.print(line, soft_wrap=True)


def _tiers(summary: Summary) -> RenderableType:
    grid = table(
        "tier", "asked", "accepted", "escalated", "tokens", "USD", "seconds", numbers=NUMBERS
    )
    if summary.calibration.asked:
        row = _cells(summary.calibration)
        grid.add_row("calibration (gold)", row[0], "", "", *row[3:])
        grid.add_section()
    for tier in summary.tiers:
        grid.add_row(tier.name, *_cells(tier))
    return grid


def _cells(tier: TierFigures) -> list[str]:
    counts = (tier.asked, tier.accepted, tier.escalated, tier.usage.tokens)
    return [*(f"{count:,}" for count in counts), tier.cost.rounded, f"{tier.seconds:,.1f}"]


def _lines(summary: Summary, minimum: int) -> Iterator[str]:
    yield _statuses(summary)
    if summary.trusted is not None:
        yield from trust_lines(summary.trusted, minimum)
    yield from _accuracy(summary)
    yield _spend(summary)
    if summary.dearest is not None:
        yield _dearest(summary.dearest, summary.candidates)


def _statuses(summary: Summary) -> str:
    counts = [f"{n:,} {status.replace('_', ' ')}" for status, n in summary.statuses.items() if n]
    done = f"{summary.done:,} of {many(summary.candidates, 'candidate')} decided"
    return f"{done}: {', '.join(counts)}." if counts else f"{done}."


def _accuracy(summary: Summary) -> Iterator[str]:
    if summary.labels is None:
        why = "none has a label yet" if summary.undecided else "there is none"
        yield f"Accuracy on gold that no fit has seen: {why}."
        yield from _seen(summary)
        return
    yield f"Accuracy on gold that no fit has seen: {_share(summary.labels)}."
    if summary.gold.groups < summary.gold.rows:
        yield (
            f"  Gold is of {many(summary.gold.groups, 'group')}: rows of one are alike, so that "
            "the interval is too narrow."
        )
    if summary.machine_labels is not None and summary.machine_labels != summary.labels:
        yield f"  Labels by machine alone: {_share(summary.machine_labels)}."
    if summary.at_random is not None:
        yield f"  The same number of candidates to a person, at random: {summary.at_random:.1%}."
    if summary.undecided:
        yield f"  {summary.undecided:,} more rows of gold have no label yet."
    yield from _seen(summary)


def _seen(summary: Summary) -> Iterator[str]:
    if summary.gold.seen:
        yield (
            f"  {many(summary.gold.seen, 'row')} of gold made this policy or tested it: left out."
        )


def _share(accuracy: Accuracy) -> str:
    interval, counts = accuracy.interval, f"{accuracy.right:,} of {accuracy.total:,}"
    if accuracy.weighed is not None:
        counts += (
            f", weighed by how gold was drawn; {many(accuracy.total, 'row')} "
            f"worth {accuracy.weighed.effective:,.1f}"
        )
    between = f"95 % interval {interval.low:.1%} to {interval.high:.1%}"
    return f"{accuracy.share:.1%} ({counts}; {between})"


def _spend(summary: Summary) -> str:
    spend = summary.spend
    paid = f"Spent {spend.usd.rounded} USD of {spend.budget.rounded}"
    if spend.shared:
        paid += f" shared as {spend.shared!r}"
    if not spend.wages_budget and not spend.wages:
        return f"{paid}."
    wages = f"wages {spend.wages.rounded} USD of {spend.wages_budget.rounded}"
    return f"{paid}, and {wages}; together {spend.total.rounded} USD."


def _dearest(alone: Alone, candidates: int) -> str:
    basis = (
        f"at the mean of {many(alone.votes, 'answer')}"
        if alone.votes
        else "by its quotes: it has not answered yet"
    )
    return (
        f"{alone.annotator} alone for {many(candidates, 'candidate')}: "
        f"{alone.cost.rounded} USD ({basis})."
    )


def next_steps(summary: Summary, answers: str | None, command: str) -> Iterator[str]:
    """What the user can do now; `answers` is the person's file, `command` the one to repeat."""
    waiting = summary.statuses[Status.PENDING]
    if waiting:
        where = f"put answers into {answers}" if answers else "name an answers file in the policy"
        yield f"{many(waiting, 'candidate')} left to a person: {where}, then repeat the command:"
    if summary.statuses[Status.OVER_BUDGET]:
        yield "The budget did not reach all: give the same command with more --budget or --wages:"
    if not summary.complete:
        yield "To go on, give the same command again; what was paid for is not paid twice:"
    if waiting or summary.statuses[Status.OVER_BUDGET] or not summary.complete:
        yield f"  {command}"
