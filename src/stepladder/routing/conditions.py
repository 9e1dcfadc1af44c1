"""The conditions of an accept rule, for one candidate or, by arrays, for many at once.

The engine and the simulator judge by this same code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from stepladder.policy import Accept

SLACK = 1e-9
"""A probability of 0.8999999999 reaches a threshold of 0.9."""

Number = TypeVar("Number", float, NDArray[np.float64])
"""One candidate's, or those of many (n)."""
Number_co = TypeVar("Number_co", float, NDArray[np.float64], covariant=True)


class Measures(Protocol[Number_co]):
    """What the votes so far amount to, as far as rules ask."""

    @property
    def probability(self) -> Number_co:
        """Of the most probable label, 0 to 1."""

    @property
    def margin(self) -> Number_co:
        """Its lead over the next, 0 to 1."""

    @property
    def entropy(self) -> Number_co:
        """Of the posterior, 0 (sure) to 1 (uniform)."""

    @property
    def agreeing(self) -> Number_co:
        """How many annotators name the most probable label."""

    @property
    def lot(self) -> Number_co:
        """Decides between candidates that are exactly alike, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Condition(Generic[Number]):
    """One condition of a rule, and what it is compared with."""

    name: str
    wanted: Decimal | int
    got: Number
    at_most: bool = False
    """Whether `wanted` is the most, not the least."""
    ties: float = 1.0
    """Share of those exactly at `wanted` that it holds for: whose lots are the highest."""
    lot: Number | float = 1.0
    """The candidate's, or theirs (n)."""

    @property
    def holds(self) -> bool | NDArray[np.bool_]:
        """Whether it does; for many candidates an array (n)."""
        if self.at_most:
            return self.got <= float(self.wanted) + SLACK
        if self.ties < 1.0:
            above = self.got > float(self.wanted) + SLACK
            level = self.got >= float(self.wanted) - SLACK
            return above | (level & (self.lot >= 1.0 - self.ties))
        return self.got >= float(self.wanted) - SLACK


def conditions(rule: Accept, of: Measures[Number]) -> Iterator[Condition[Number]]:
    """What the rule asks for: all of it has to hold."""
    if rule.probability is not None:
        if rule.ties is None:
            yield Condition("probability", rule.probability, of.probability)
        else:
            share = float(rule.ties)
            yield Condition("probability", rule.probability, of.probability, ties=share, lot=of.lot)
    if rule.margin is not None:
        yield Condition("margin", rule.margin, of.margin)
    if rule.entropy is not None:
        yield Condition("entropy", rule.entropy, of.entropy, at_most=True)
    if rule.agree is not None:
        yield Condition("agree", rule.agree, of.agreeing)
