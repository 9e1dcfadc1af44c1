"""A promise about the error of what is delivered, tested on gold that nothing else has seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from stepladder.confidence.risk import most_wrong
from stepladder.types.arrays import Floats, Numbers

TEACHING_SHARE = 0.3
"""Of the groups of gold, those that teach and choose; the others test. 0.2 to 0.4 do alike."""
MOST_TESTED = 0.8
"""Share of the groups that test, at most."""


FEWEST_TEACHING = 30
"""Rows without which nothing is calibrated."""


class Method(StrEnum):
    """How a promise was tested."""

    EXACT = "exact"
    """Single rows: proved, for the error of all delivered labels."""
    SEQUENCE = "sequence"
    """Single rows, for the error of machines' labels: some thresholds in turn, measured."""
    URN = "urn"
    """Groups of several rows: measured, not proved."""
    STRICT = "strict"
    """As if a group that nobody saw were the largest, and all wrong."""
    PEOPLE = "people"
    """Not at all: people label everything."""


class Of(StrEnum):
    """What the promised share of wrong labels is a share of."""

    DELIVERED = "delivered"
    """All labels, people's included."""
    ACCEPTED = "accepted"
    """Labels that machines gave."""
    ALL = "all"
    """All delivered labels, and those of gold, which are right."""


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

    def allowed(self, rest: float) -> int:
        """Wrong rows that a rest of so many may hold."""
        return int(self.error * rest + 1e-9)


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
            return Method.SEQUENCE if promise.of is Of.ACCEPTED else Method.EXACT
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


def tested_groups(gold: int, rest: int, promise: Promise, *, single: bool, other: int) -> int:
    """Of so many groups of gold, how many test; `other` groups beside them can only teach.

    Single rows: up to where one more wrong one becomes allowed, so that no confidence is wasted,
    as far as enough are left to teach. It goes by numbers alone, not by what the groups hold.
    """
    least = gold - max(0, round(TEACHING_SHARE * (gold + other)) - other)
    if not single:
        return least
    most = min(gold, int(MOST_TESTED * (gold + other)), gold + other - FEWEST_TEACHING)
    least = max(1, min(least, most))
    allowed = promise.allowed(rest)
    for size in range(least, most + 1):
        now, before = (most_wrong(n, rest, allowed, promise.risk) for n in (size, size - 1))
        if now > before:
            return size
    return least
