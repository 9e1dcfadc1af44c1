"""One dated price: what usage costs, and what it can cost at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from stepladder.types import Usage, Usd


@dataclass(frozen=True, slots=True)
class Price:
    """Rates of one model, in pico-USD per token, with the day they hold from."""

    model: str
    """The entry's name."""
    since: date
    """First day these rates hold."""
    source: str
    """Where the rates come from."""
    input: int
    cached_input: int
    cache_write: int
    output: int
    reasoning: int
    per_request: int = 0
    """pico-USD per request."""
    batch_discount: Fraction = Fraction(0)
    """Share taken off in the provider's batch API."""
    context: int | None = None
    """Most tokens of prompt and answer together; None when it is not known."""
    max_output: int | None = None
    """Most tokens of an answer; None when it is not known."""
    encoding: str | None = None
    """The tiktoken encoding that counts this model's tokens exactly, if there is one."""
    retired: bool = False
    """Whether the model can no longer be called."""

    def cost(self, usage: Usage) -> Usd:
        """Exactly what the usage costs."""
        return Usd(
            usage.input * self.input
            + usage.cached_input * self.cached_input
            + usage.cache_write * self.cache_write
            + usage.output * self.output
            + usage.reasoning * self.reasoning
            + usage.requests * self.per_request
        )

    def quote(self, bound: Usage) -> Usd:
        """The most that usage within the bound can cost, whatever kind its tokens are."""
        dearest_input = max(self.input, self.cached_input, self.cache_write)
        dearest_output = max(self.output, self.reasoning)
        read = bound.input + bound.cached_input + bound.cache_write
        written = bound.output + bound.reasoning
        return Usd(
            read * dearest_input + written * dearest_output + bound.requests * self.per_request
        )


@dataclass(frozen=True, slots=True)
class Wage:
    """What one answer of a person costs."""

    name: str
    """The entry's name."""
    since: date
    """First day this wage holds."""
    source: str
    """Where the wage comes from."""
    per_answer: Usd
    """For one answer."""
