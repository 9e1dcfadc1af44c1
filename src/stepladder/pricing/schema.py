"""What a price table may say: TOML in USD, read into prices in pico-USD."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from stepladder.nearest import did_you_mean
from stepladder.pricing.encodings import ENCODINGS
from stepladder.pricing.price import Price, Wage
from stepladder.strict_toml import KeyedError, Settings
from stepladder.types import Usd

TOKENS = 10**6
"""Rates are given for so many tokens."""


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number", "must be a number such as 0.15, without quotes")
    return value


def _day(value: Any) -> Any:
    # pydantic would take a bare number for seconds since 1970.
    if type(value) is not date:
        raise PydanticCustomError("day", "must be a TOML date such as 2024-08-06, without quotes")
    return value


def _whole_pico_per_token(rate: Decimal) -> Decimal:
    if Usd.of(rate).pico % TOKENS:
        raise ValueError(
            f"{rate:f} USD per million tokens is not a whole number of pico-USD per token; "
            "give at most six decimals"
        )
    return rate


def _whole_pico(amount: Decimal) -> Decimal:
    Usd.of(amount)
    return amount


def _known_encoding(name: str) -> str:
    if name not in ENCODINGS:
        raise ValueError(f"unknown encoding {name!r}; {did_you_mean(name, ENCODINGS)}")
    return name


Number = Annotated[Decimal, Field(ge=0), BeforeValidator(_number)]
"""A TOML number, zero or more."""
Rate = Annotated[Number, AfterValidator(_whole_pico_per_token)]
"""USD per million tokens, exact to a pico-USD per token."""
Amount = Annotated[Number, AfterValidator(_whole_pico)]
"""USD, exact to a pico-USD."""
Day = Annotated[date, BeforeValidator(_day)]
"""A TOML date without a time."""
Count = Annotated[int, Field(strict=True, ge=1)]
"""Tokens."""
Name = Annotated[str, Field(min_length=1)]
"""A non-empty string."""


class DatedEntry(Settings):
    """What holds from one day on, perhaps until another."""

    since: Day = Field(alias="from")
    """First day it holds."""
    until: Day | None = None
    """First day it no longer holds; by default it still does."""
    source: Name
    """Where the numbers come from."""

    @model_validator(mode="after")
    def _in_order(self) -> DatedEntry:
        if self.until is not None and self.until <= self.since:
            raise KeyedError(f"must be a day after from ({self.since})", "until")
        return self


class PriceEntry(DatedEntry):
    """`[[price]]`: the rates of one model from one day on."""

    model: Name
    """The string that the policy names the model by."""
    aliases: tuple[Name, ...] = ()
    """Other strings for the same model at the same price."""
    input: Rate
    """USD per million prompt tokens."""
    cached_input: Rate | None = None
    """USD per million prompt tokens read from the provider's cache; by default as input."""
    cache_write: Rate | None = None
    """USD per million prompt tokens written to the provider's cache; by default as input."""
    output: Rate
    """USD per million answer tokens."""
    reasoning: Rate | None = None
    """USD per million tokens of hidden reasoning; by default as output."""
    batch_discount: Annotated[Number, Field(le=1)] = Decimal(0)
    """Share taken off in the provider's batch API, 0 to 1."""
    per_request: Amount = Decimal(0)
    """USD per request."""
    context: Count | None = None
    """Most tokens of prompt and answer together, where it is known."""
    max_output: Count | None = None
    """Most tokens of an answer, where it is known."""
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = None
    """The tiktoken encoding that counts this model's tokens exactly, if there is one."""
    retired: Annotated[bool, Field(strict=True)] = False
    """Whether the model can no longer be called."""

    @property
    def names(self) -> tuple[str, ...]:
        """The model and its aliases, each once."""
        return tuple(dict.fromkeys((self.model, *self.aliases)))

    def to_price(self) -> Price:
        """The entry in pico-USD per token."""
        return Price(
            model=self.model,
            since=self.since,
            source=self.source,
            input=_per_token(self.input),
            cached_input=_per_token(self.input if self.cached_input is None else self.cached_input),
            cache_write=_per_token(self.input if self.cache_write is None else self.cache_write),
            output=_per_token(self.output),
            reasoning=_per_token(self.output if self.reasoning is None else self.reasoning),
            per_request=Usd.of(self.per_request).pico,
            batch_discount=Fraction(self.batch_discount),
            context=self.context,
            max_output=self.max_output,
            encoding=self.encoding,
            retired=self.retired,
        )


class WageEntry(DatedEntry):
    """`[[wage]]`: what a person is paid from one day on."""

    name: Name
    """The string that the policy names the wage by."""
    per_answer: Amount
    """USD for one answer."""

    def to_wage(self) -> Wage:
        """The entry as exact money."""
        return Wage(self.name, self.since, self.source, Usd.of(self.per_answer))


class PriceTable(Settings):
    """A whole file."""

    version: Literal[1] = Field(alias="schema")
    """The version of this format: `schema = 1`."""
    price: tuple[PriceEntry, ...] = ()
    """Prices of models."""
    wage: tuple[WageEntry, ...] = ()
    """Wages of people."""


def _per_token(rate: Decimal) -> int:
    return Usd.of(rate).pico // TOKENS
