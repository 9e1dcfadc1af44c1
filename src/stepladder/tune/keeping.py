"""Where a promise is kept: the risk at a place of a policy's path, and the loosest place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stepladder.confidence.risk import hidden, most_wrong, urn_risk
from stepladder.tune.promise import Of, Promise, Tested
from stepladder.types.arrays import Floats

STEPS = 20
"""Thresholds that are tried in turn where the error is that of accepted labels."""
START = 1 / 3
"""How far down those at which a flawless test could pass the first one is."""


def loosest(tested: Tested, promise: Promise, given: Floats | None = None) -> float | None:
    """The loosest level at which the promise is kept; None where not even the strictest is.

    Levels are those at which a row is accepted or wrong, unless others are `given`, from the
    strictest down. Delivered errors only grow as the level falls, so that halving finds it; for
    accepted ones some levels are tried in turn.
    """
    places = np.concatenate([tested.accepted, tested.wrong])
    levels = np.unique(places[np.isfinite(places)])[::-1] if given is None else given
    if promise.of is Of.ACCEPTED and given is None:
        return _in_turn(tested, promise)
    low, high = -1, len(levels)
    while high - low > 1:
        middle = (low + high) // 2
        if risk_at(tested, promise, float(levels[middle])) <= promise.risk:
            low = middle
        else:
            high = middle
    if low < 0:
        return None
    if given is not None or high == len(levels):
        return float(levels[low])
    # Right down to the first that fails: of the rest, whoever comes before it is accepted too.
    return float(np.nextafter(levels[high], np.inf))


def risk_at(tested: Tested, promise: Promise, level: float) -> float:
    """The chance, at most, that the rest breaks the promise at this level."""
    accepted, wrong = tested.at(level)
    among = tested.rows if promise.of is Of.DELIVERED else accepted
    if tested.single:
        return _single_risk(tested, promise, among, wrong)
    return _group_risk(tested, promise, accepted, among, wrong)


def _single_risk(tested: Tested, promise: Promise, among: Floats, wrong: Floats) -> float:
    test = int(among.sum())
    if not test:
        return 1.0
    # How many of the rest are accepted is not looked at: as large a share as of the tested.
    rest = round(tested.rest.groups * float(among.mean()))
    return hidden(int(wrong.sum()), test, rest, promise.allowed(rest))


def _group_risk(
    tested: Tested, promise: Promise, accepted: Floats, among: Floats, wrong: Floats
) -> float:
    """The larger of two risks: that of errors of a kind seen, and that of a kind not seen.

    Seen: the imaginary group is as bad as the worst tested one, at least one of mean size with a
    wrong row, at most one that is wholly wrong. Not seen: as if no tested group had an error,
    and the imaginary one were of usual size with all that it has accepted wrong. Usual is the
    size that a row finds itself in: few large groups hold many rows.
    """
    allowance, rest = promise.error * among, tested.rest.groups
    over = wrong - allowance
    if promise.strict:
        return urn_risk(over, tested.largest * (1 - promise.error), rest)
    largest = max(float((accepted - allowance).max()), 0.0)
    usual = max(float(np.average(tested.rows, weights=tested.rows)), tested.rest.usual)
    share = float(accepted.sum()) / float(tested.rows.sum())
    part = 1.0 if promise.of is Of.DELIVERED else share
    mean = float(tested.rows.mean()) * part
    worst = max(float(over.max()), 1.0 - promise.error * mean)
    seen = min(worst, mean * (1 - promise.error), largest)
    unseen = usual * (share - promise.error * part)
    return max(urn_risk(over, seen, rest), urn_risk(-allowance, unseen, rest))


def _in_turn(tested: Tested, promise: Promise) -> float | None:
    """Fixed-sequence testing of levels that accept more and more: it ends at the first that fails.

    The strictest level at which a flawless test could pass forgives no error at all, so that a
    sequence from there mostly ends at once; from a third further down it seldom does. How many
    are accepted decides where it begins, and not how many of them are wrong.
    """
    flawless = replace(tested, wrong=np.full(len(tested.wrong), -np.inf))
    levels = [one for one in _steps(tested) if risk_at(flawless, promise, one) <= promise.risk]
    best = None
    for level in levels[round(START * (len(levels) - 1)) :]:
        if risk_at(tested, promise, level) > promise.risk:
            return best
        best = level
    return best


def _steps(tested: Tested) -> Sequence[float]:
    """Levels at which equal parts of the rows are accepted, from the strictest down."""
    ordered = np.sort(tested.accepted[np.isfinite(tested.accepted)])[::-1]
    if not len(ordered):
        return []
    places = np.ceil(np.arange(1, STEPS + 1) * len(ordered) / STEPS).astype(int) - 1
    return list(dict.fromkeys(ordered[places].tolist()))


def expected_to_pass(tested: int, rest: int, promise: Promise) -> float:
    """The error that so many tested groups would let pass, if each were one row."""
    return max(0, most_wrong(tested, rest, promise.allowed(rest), promise.risk)) / max(1, tested)
