"""What a tuning came to, for people."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from stepladder.cli.recording_warnings import warnings_of_recording
from stepladder.cli.screen import many, table
from stepladder.cli.tune_request import TuneRequest
from stepladder.recording import Recording
from stepladder.tune.ladder import End, Ladder
from stepladder.tune.naming import Rule
from stepladder.tune.tuned import Chosen, Tuned
from stepladder.tune.writing import Written

BEYOND = 1.02
"""By which a measured cost may pass the budget without a word."""
SHOWN = 12
"""Ladders of the frontier in the table."""
NUMBERS = frozenset({"USD / 1,000", "accuracy", "by machines"})


def warnings_of(recording: Recording, tuned: Tuned, request: TuneRequest) -> Iterator[str]:
    """What in the recording its user should know of."""
    yield from warnings_of_recording(recording)
    if tuned.kept_local or tuned.rest_kept_local:
        yield (
            f"{many(tuned.kept_local, 'row')} of gold and {tuned.rest_kept_local:,} without left "
            "out, since some annotators must not see them; nothing is promised of such candidates; "
            "--annotators tunes local ones alone"
        )
    if tuned.incomplete:
        tested = "; where they test they count as wrong" if request.promise is not None else ""
        yield (
            f"{many(tuned.incomplete, 'row')} of gold teach nothing, since a vote is missing"
            f"{tested}; where strong annotators were only asked about hard candidates, the others "
            "are no fair sample; `record` those rows, or --annotators without that one"
        )
    if tuned.left_out:
        yield (
            f"not searched over: {', '.join(tuned.left_out)}; --annotators chooses others "
            f"({len(tuned.considered)} at most)"
        )
    if request.promise is not None and tuned.rest_assumed:
        yield (
            "the recording has hardly any rows without gold, so that the rest is taken to have as "
            f"many groups as the gold ({tuned.groups:,}); add the rows that are to be labelled"
        )
    elif request.promise is not None and tuned.beside_gold:
        yield (
            f"{many(tuned.beside_gold, 'row')} without gold are in groups that have gold: the "
            f"promise is about the {tuned.rest_groups:,} groups without any"
        )
    yield from _beyond_budget(tuned, request)
    yield from _beyond_error(tuned, request)


def _beyond_budget(tuned: Tuned, request: TuneRequest) -> Iterator[str]:
    if request.budget is None or tuned.chosen is None:
        return
    budget, measured = float(request.budget.decimal), tuned.chosen.measured.usd_per_candidate
    if measured > budget * BEYOND:
        yield (
            f"on rows that its fit did not see the policy costs {measured / budget - 1:.0%} more "
            "than the budget per candidate, which is kept on the gold that taught; ask for "
            f"{budget * budget / measured:.3g} to stay below it"
        )


def _beyond_error(tuned: Tuned, request: TuneRequest) -> Iterator[str]:
    if tuned.chosen is None or tuned.chosen.promised:
        return
    measured = tuned.chosen.measured
    delivered = None if measured.accuracy is None else 1 - measured.accuracy.value
    accepted = None if measured.accepted_error is None else measured.accepted_error.value
    goals = {
        "--max-error": (request.max_error, delivered),
        "--max-accepted-error": (request.max_accepted_error, accepted),
    }
    for option, (wished, found) in goals.items():
        if wished is not None and found is not None and found > wished:
            yield (
                f"{option} {wished:g}: by fits that did not see a row's group, {found:.1%} are "
                "wrong; the search is rather too hopeful; ask for less, or for a promise "
                "(--with-confidence)"
            )


def print_tuned(
    console: Console, request: TuneRequest, tuned: Tuned, written: Written | None
) -> None:
    """The frontier, the choice and its evidence."""
    console.print(_frontier(tuned))
    console.print(
        "The frontier is what the search expects on the gold that it chose by: rather too good.",
        soft_wrap=True,
    )
    for line in _lines(request, tuned):
        console.print(line, soft_wrap=True)
    if written is not None:
        beside = f", and what was learnt: {written.fit}" if written.fit is not None else ""
        console.print(f"Policy: {written.policy}{beside}", soft_wrap=True)


def _frontier(tuned: Tuned) -> object:
    grid = table("USD / 1,000", "accuracy", "by machines", "ladder", numbers=NUMBERS)
    step = max(1, -(-len(tuned.frontier) // SHOWN))
    shown = [*tuned.frontier[::-1][::step]][::-1]
    for rung in shown:
        grid.add_row(
            f"{1000 * rung.usd:,.4f}",
            f"{1 - rung.error:.1%}",
            f"{abs(rung.accepted):.1%}",
            described(rung.ladder),
        )
    return grid


def described(ladder: Ladder) -> str:
    """Such as `small 0.912 > medium + large > person`."""
    tiers = []
    for number, names in enumerate(ladder.route):
        threshold = ladder.thresholds[number] if number < len(ladder.thresholds) else None
        limit = "" if threshold is None else _limit(ladder.rule, threshold)
        tiers.append(" + ".join(names) + limit)
    if ladder.end is End.PERSON:
        tiers.append("person")
    return " > ".join(tiers)


def _limit(rule: Rule, threshold: float) -> str:
    if rule is Rule.AGREE:
        return f" {threshold:.0f} agree"
    return " (nothing)" if threshold > 1.0 else f" {threshold:.3f}"


def _lines(request: TuneRequest, tuned: Tuned) -> Iterator[str]:
    yield f"Goal: {request.goal}. {tuned.reason[:1].upper()}{tuned.reason[1:]}."
    yield (
        f"Gold: {many(tuned.rows, 'row')} of {many(tuned.groups, 'group')}; {tuned.taught:,} "
        f"taught and chose, {tuned.tested:,} only tested."
    )
    if tuned.chosen is not None:
        yield from _chosen(tuned.chosen)


def _chosen(chosen: Chosen) -> Iterator[str]:
    found = chosen.measured
    every = max(1, found.candidates)
    machines = (found.labelled - found.by_people) / every
    yield (
        f"Chosen: {' > '.join(tier.name for tier in chosen.policy.tiers)}: "
        f"{1000 * found.usd_per_candidate:,.4f} USD per 1,000, {machines:.1%} by machines "
        f"({chosen.measured_on})."
    )
    if found.accuracy is not None:
        interval = found.accuracy.interval
        yield (
            f"Accuracy there: {found.accuracy.value:.1%} (95 % interval {interval.low:.1%} to "
            f"{interval.high:.1%}). People's labels count as right."
        )
