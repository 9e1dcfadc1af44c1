"""Prices to try a policy at: a table, a day, and what would be if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from math import ceil
from types import MappingProxyType

from stepladder.engine.rates import AnswerRate, Rate, TokenRate, rates_of
from stepladder.errors import PolicyError
from stepladder.nearest import did_you_mean
from stepladder.policy import Policy
from stepladder.pricing import Price, PriceBook
from stepladder.types import Usage, Usd

NO_CHANGES: Mapping[str, Fraction] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Scenario:
    """What every attempt would cost."""

    book: PriceBook
    day: date
    """On which prices are looked up."""
    name: str = ""
    """For reports."""
    human_price: Usd | None = None
    """For one answer of a person; None for the wage table's."""
    times: Mapping[str, Fraction] = field(default_factory=lambda: NO_CHANGES)
    """By annotator, by how much it is dearer (2) or cheaper (1/2) than its price."""
    batch: bool = False
    """Whether models are asked through their providers' batch APIs."""
    cached: Fraction = Fraction(0)
    """Share of each prompt that the provider reads from its cache, 0 to 1."""

    def rates(self, policy: Policy) -> Mapping[str, Rate]:
        """By annotator on the ladder; raises PriceError for an unknown price."""
        unknown = next((name for name in self.times if name not in policy.annotators), None)
        if unknown is not None:
            near = did_you_mean(unknown, policy.annotators)
            raise PolicyError(f"{unknown!r} is not among the annotators; {near}")
        found = rates_of(policy, self.book, self.day)
        return {name: self._changed(name, rate) for name, rate in found.items()}

    def _changed(self, name: str, rate: Rate) -> Rate:
        factor = self.times.get(name, Fraction(1))
        match rate:
            case AnswerRate(scale):
                wage = scale.per_answer if self.human_price is None else self.human_price
                return AnswerRate(replace(scale, per_answer=Usd(ceil(wage.pico * factor))))
            case TokenRate(price):
                off = 1 - price.batch_discount if self.batch else Fraction(1)
                return TokenRate(_times(price, factor * off))
        return rate

    def usage(self, usage: Usage) -> Usage:
        """What would be used, where part of the prompt came from the provider's cache."""
        moved = int(usage.input * self.cached)
        return replace(usage, input=usage.input - moved, cached_input=usage.cached_input + moved)


def _times(price: Price, factor: Fraction) -> Price:
    """The price times a factor; rates are whole pico-USD, rounded up: never less than it costs."""
    if factor == 1:
        return price
    kinds = ("input", "cached_input", "cache_write", "output", "reasoning", "per_request")
    return replace(price, **{kind: ceil(getattr(price, kind) * factor) for kind in kinds})
