"""What simulated policies came to, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from stepladder.cli.recording_warnings import warnings_of_recording
from stepladder.cli.screen import many, table
from stepladder.recording import Recording
from stepladder.simulate import Simulated, Simulation
from stepladder.simulate.figures import TierFigures
from stepladder.simulate.share import Share
from stepladder.types import NOTHING

NUMBERS = frozenset(
    {
        *("USD / 1,000", "accuracy", "accepted", "wrong of these", "people", "abstained"),
        *("calibration error", "asked", "wrong", "tokens", "input USD", "cached USD"),
        *("output USD", "requests USD", "USD", "seconds"),
    }
)


def warnings_of(recording: Recording, tried: Sequence[Simulation]) -> Iterator[str]:
    """What in the recording its user should know of."""
    yield from warnings_of_recording(recording)
    for one in tried:
        if not len(one.replay):
            yield (
                f"{one.policy.name}: no row is left to decide about; give candidates that neither "
                "made the policy nor calibrate it"
            )
        for name, fit in one.fit.annotators.items():
            if fit.untrusted is not None:
                yield (
                    f"{one.policy.name}: {name} is uncalibrated, its probabilities are raw "
                    f"({many(fit.rows, 'row')} of gold answered: {fit.untrusted.value})"
                )
        if not one.replay.known.any() and len(one.replay):
            yield (
                f"{one.policy.name}: no row that is left has gold, so that there is no accuracy; "
                "`export` takes it from --candidates"
            )
        if one.left_out.incomplete:
            yield (
                f"{one.policy.name}: {many(one.left_out.incomplete, 'row')} left out, since a vote "
                "that the policy may ask for is missing; where strong tiers were only asked about "
                "hard candidates, what is left is no fair sample"
            )
        if one.left_out.alike:
            yield (
                f"{one.policy.name}: {many(one.left_out.alike, 'row')} of groups that the policy "
                "was made from: rows of a group are alike, so that the figures are too good; keep "
                "each group on one side of a split"
            )


def print_simulated(console: Console, recording: Recording, found: Sequence[Simulated]) -> None:
    """All policies side by side, then the tiers of each."""
    console.print(_side_by_side(found))
    for one in found:
        console.print(_tiers(one))
        for line in _lines(one):
            console.print(line, soft_wrap=True)
    console.print(
        f"{recording.path}: {recording.contents.rows:,} rows. People's labels count as right; "
        "abstained candidates are not delivered.",
        soft_wrap=True,
    )


def _side_by_side(found: Sequence[Simulated]) -> object:
    grid = table(
        *("policy", "prices", "USD / 1,000", "accuracy", "accepted", "wrong of these"),
        *("people", "abstained", "calibration error", "seconds"),
        numbers=NUMBERS,
    )
    for one in found:
        every = max(1, one.candidates)
        error = one.calibration
        grid.add_row(
            one.name,
            one.scenario,
            f"{1000 * one.usd_per_candidate:,.4f}",
            _with_interval(one.accuracy),
            f"{(one.labelled - one.by_people) / every:.1%}",
            _with_interval(one.accepted_error),
            f"{one.by_people / every:.1%}",
            f"{(one.abstained + one.failed) / every:.1%}",
            "" if error is None else f"{error.error:.3f}",
            "" if one.seconds_mean is None else f"{one.seconds_mean:.2f}",
        )
    return grid


def _tiers(found: Simulated) -> object:
    grid = table(
        *("tier", "asked", "accepted", "wrong", "tokens", "input USD", "cached USD"),
        *("output USD", "requests USD", "USD"),
        numbers=NUMBERS,
        title=f"{found.name}, {found.scenario}",
    )
    for tier in found.tiers:
        grid.add_row(*_cells(tier))
    return grid


def _cells(tier: TierFigures) -> Iterator[str]:
    by_kind = tier.bill.by_kind
    yield from (tier.name, f"{tier.asked:,}", f"{tier.accepted:,}")
    yield "" if tier.person else _with_interval(tier.error)
    yield f"{tier.bill.usage.tokens:,}"
    yield (by_kind["input"] + by_kind["cache_write"]).rounded
    yield by_kind["cached_input"].rounded
    yield (by_kind["output"] + by_kind["reasoning"]).rounded
    yield by_kind["requests"].rounded
    yield tier.bill.total.rounded


def _lines(found: Simulated) -> Iterator[str]:
    if found.calibration_rows:
        yield (
            f"{many(found.calibration_rows, 'row')} of gold calibrated (their votes cost "
            f"{found.calibration_cost.rounded} USD more); the figures are of "
            f"{many(found.candidates, 'other row')}."
        )
    if found.left_out.seen:
        yield (f"{many(found.left_out.seen, 'row')} left out: the policy was made from them.")
    if found.failed:
        yield f"{many(found.failed, 'candidate')} got no label from anybody."
    if found.cost == NOTHING and found.candidates:
        yield "All of it is free at these prices."


def _with_interval(share: Share | None) -> str:
    if share is None:
        return ""
    return f"{share.value:.1%} ({share.interval.low:.1%} to {share.interval.high:.1%})"
