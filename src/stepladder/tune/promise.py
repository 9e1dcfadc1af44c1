"""A promise about the error of what is delivered, tested on gold that nothing else has seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from stepladder.confidence.gold import Floats, Numbers
from stepladder.confidence.risk import hidden, most_wrong, urn_risk

TEACHING_SHARE = 0.3
"""Of the groups of gold, those that teach and choose; the others test. 0.2 to 0.4 do alike."""
MOST_TESTED = 0.8
"""Share of the groups that test, at most."""
STEPS = 20
"""Thresholds that are tried in turn where the error is that of accepted labels."""


class Method(StrEnum):
    """How a promise was tested."""

    EXACT = "exact"
    """Single rows: proved, for the error of all delivered labels."""
    URN = "urn"
    """Groups of several rows: measured, not proved."""
    STRICT = "strict"
    """As if a group that nobody saw were the largest, and all wrong."""


class Of(StrEnum):
    """What the promised share of wrong labels is a share of."""

    DELIVERED = "delivered"
    """All labels, people's included."""
    ACCEPTED = "accepted"
    """Labels that machines gave."""


@dataclass(frozen=True, slots=True)
class Promise:
    """At most this error on the rest, with this confidence over the draw of the groups."""

    error: float
    """0 to 1."""
    confidence: float
    """0 to 1."""
    of: Of = Of.DELIVERED
    strict: bool = False
    """Whether a group that nobody saw is taken to be the largest one, and all wrong."""

    @property
    def risk(self) -> float:
        """The chance that the promise is broken, at most."""
        return 1.0 - self.confidence


@dataclass(frozen=True, slots=True)
class Rest:
    """What is to be labelled under the promise."""

    groups: int
    largest: float = 1.0
    """Rows of its largest group."""
    usual: float = 1.0
    """Size of the group that one of its rows finds itself in, in the mean."""


@dataclass(frozen=True, eq=False)
class Tested:
    """Rows outside the part that taught (n): when each is accepted, and when its label is wrong.

    As the policy is loosened, a number falls from infinity to minus infinity; a row is accepted
    once it has fallen to `accepted`, and its label was wrong at some time once it has to `wrong`.
    A label that was wrong at any looser or stricter setting looked at counts as wrong, so that
    neither ever un-happens: what is proved for one threshold holds for several tiers.
    """

    accepted: Floats
    """n; minus infinity for a row that is never accepted."""
    wrong: Floats
    """At most `accepted` (n); minus infinity for a row that is never wrong, or is not tested."""
    group: Numbers
    """Number of each row's group, from 0 (n)."""
    rest: Rest
    """Whom the promise is about."""

    @cached_property
    def rows(self) -> Floats:
        """By group."""
        return np.bincount(self.group).astype(np.float64)

    @property
    def single(self) -> bool:
        """Whether every group is one row, in the rest too."""
        return max(float(self.rows.max(initial=1.0)), self.rest.largest) <= 1

    def method(self, promise: Promise) -> Method:
        """How a promise is tested on them."""
        if self.single:
            return Method.EXACT
        return Method.STRICT if promise.strict else Method.URN

    @property
    def largest(self) -> float:
        """Rows of the largest group there is."""
        return max(float(self.rows.max(initial=1.0)), self.rest.largest)

    def at(self, level: float) -> tuple[Floats, Floats]:
        """By group, how many rows are accepted, and how many of them are wrong."""
        counted = (
            np.bincount(self.group, weights=(place >= level).astype(np.float64))
            for place in (self.accepted, self.wrong)
        )
        accepted, wrong = (np.asarray(one, dtype=np.float64) for one in counted)
        return accepted, wrong


def tested_groups(gold: int, rest: int, promise: Promise, *, single: bool) -> int:
    """Of so many groups of gold, how many test.

    Single rows: up to where one more wrong one becomes allowed, so that no confidence is wasted.
    It goes by numbers alone, not by what the groups hold.
    """
    least = gold - round(TEACHING_SHARE * gold)
    if not single:
        return least
    allowed = _allowed(promise, rest)
    for size in range(least, int(MOST_TESTED * gold) + 1):
        now, before = (most_wrong(n, rest, allowed, promise.risk) for n in (size, size - 1))
        if now > before:
            return size
    return least


def loosest(tested: Tested, promise: Promise, given: Floats | None = None) -> float | None:
    """The loosest level at which the promise is kept; None where not even the strictest is.

    Levels are those at which a row is accepted or wrong, unless others are `given`, from the
    strictest down. Delivered errors only grow as the level falls, so that halving finds it; for
    accepted ones some levels are tried in turn, from the strictest at which a flawless test
    could pass.
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
    return hidden(int(wrong.sum()), test, rest, _allowed(promise, rest))


def _group_risk(
    tested: Tested, promise: Promise, accepted: Floats, among: Floats, wrong: Floats
) -> float:
    """The larger of two risks: that of errors of a kind seen, and that of a kind not seen.

    Seen: the imaginary group is one wrong row worse than the worst tested one, at most a usual
    one that is wholly wrong. Not seen: as if no tested group had an error, and the imaginary one
    were of usual size with all that it has accepted wrong. Usual is the size that a row finds
    itself in: few large groups hold many rows.
    """
    allowance, rest = promise.error * among, tested.rest.groups
    over = wrong - allowance
    if promise.strict:
        return urn_risk(over, tested.largest * (1 - promise.error), rest)
    largest = max(float((accepted - allowance).max()), 0.0)
    usual = max(float(np.average(tested.rows, weights=tested.rows)), tested.rest.usual)
    share = float(accepted.sum()) / float(tested.rows.sum())
    part = 1.0 if promise.of is Of.DELIVERED else share
    seen = min(float(over.max()) + 1, usual * part * (1 - promise.error), largest)
    unseen = usual * (share - promise.error * part)
    return max(urn_risk(over, seen, rest), urn_risk(-allowance, unseen, rest))


def _in_turn(tested: Tested, promise: Promise) -> float | None:
    """Fixed-sequence testing, from the strictest level: it ends at the first that fails."""
    ordered = np.sort(tested.accepted[np.isfinite(tested.accepted)])[::-1]
    flawless = replace(tested, wrong=np.full(len(tested.wrong), -np.inf))
    best, begun = None, False
    for step in range(1, STEPS + 1):
        place = int(np.ceil(step * len(ordered) / STEPS)) - 1
        if place < 0:
            return None
        level = float(ordered[place])
        begun = begun or risk_at(flawless, promise, level) <= promise.risk
        if begun:
            if risk_at(tested, promise, level) > promise.risk:
                return best
            best = level
    return best


def expected_to_pass(tested: int, rest: int, promise: Promise) -> float:
    """The error that so many tested groups would let pass, if each were one row."""
    return max(0, most_wrong(tested, rest, _allowed(promise, rest), promise.risk)) / max(1, tested)


def _allowed(promise: Promise, rest: float) -> int:
    """Wrong rows that a rest may hold."""
    return int(promise.error * rest + 1e-9)
