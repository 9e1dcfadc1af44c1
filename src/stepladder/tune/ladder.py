"""A route with thresholds, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stepladder.policy import Deliver
from stepladder.tune.naming import Rule
from stepladder.tune.routes import Route

LEAST = 1e-9
"""Accepted share below which no error is told of it."""


class End(StrEnum):
    """What becomes of candidates that no tier of machines accepts."""

    ANY = "any"
    """There are none: the last tier accepts any label."""
    PERSON = "person"
    """A person labels them."""
    NOBODY = "nobody"
    """They stay without a label."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A route with its thresholds."""

    route: Route
    rule: Rule
    thresholds: tuple[float, ...]
    """Of the tiers that accept by one: all, or all but the last, which accepts any label."""
    end: End
    ties: tuple[float, ...] = ()
    """By threshold, which share is accepted of those exactly at it; all, where nothing is said."""
    deliver: Deliver = Deliver.POOL
    """Whose label is delivered."""

    def ties_of(self, tier: int) -> float:
        """The share that a tier accepts of those exactly at its threshold."""
        return self.ties[tier] if self.ties else 1.0


@dataclass(frozen=True, slots=True)
class Rung:
    """A ladder, and what it comes to on gold."""

    ladder: Ladder
    value: float
    """Share that is not labelled wrongly, as far as it is known without the gold's noise."""
    usd: float
    """Per candidate."""
    accepted: float
    """Share that machines decide."""

    @property
    def delivers(self) -> bool:
        """Whether it labels anything at all."""
        return self.ladder.end is not End.NOBODY or self.accepted > LEAST

    @property
    def error(self) -> float:
        """Share of wrong labels among the delivered ones."""
        wrong = 1.0 - self.value
        return wrong / max(self.accepted, LEAST) if self.ladder.end is End.NOBODY else wrong

    @property
    def accepted_error(self) -> float:
        """Share of wrong labels among those that machines gave: a person's are right."""
        return (1.0 - self.value) / max(self.accepted, LEAST)
