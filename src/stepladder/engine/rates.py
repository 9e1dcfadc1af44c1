"""What each annotator of a policy is paid by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from stepladder.errors import PolicyError
from stepladder.policy import (
    AnnotatorSpec,
    CustomSpec,
    HumanSpec,
    Policy,
    RecordedSpec,
    ScriptedSpec,
)
from stepladder.pricing import Price, PriceBook, Wage
from stepladder.types import Usage, Usd


class Rate(Protocol):
    """How usage becomes money."""

    @property
    def wage(self) -> bool:
        """Whether it is paid from the wages' wall."""

    @property
    def entry(self) -> str:
        """The price table's entry and its day, as the ledger keeps it."""

    def quote(self, bound: Usage) -> Usd:
        """The most that one attempt within the bound can cost."""

    def cost(self, usage: Usage) -> Usd:
        """Exactly what the usage costs."""


@dataclass(frozen=True, slots=True)
class TokenRate:
    """Paid by the token."""

    price: Price
    wage: bool = False

    @property
    def entry(self) -> str:
        """The price entry and the first day it holds."""
        return f"{self.price.model} of {self.price.since.isoformat()}"

    def quote(self, bound: Usage) -> Usd:
        """The dearest that the bound allows."""
        return self.price.quote(bound)

    def cost(self, usage: Usage) -> Usd:
        """By kind of token."""
        return self.price.cost(usage)


@dataclass(frozen=True, slots=True)
class AnswerRate:
    """Paid by the answer."""

    scale: Wage
    wage: bool = True

    @property
    def entry(self) -> str:
        """The wage entry and the first day it holds."""
        return f"{self.scale.name} of {self.scale.since.isoformat()}"

    def quote(self, bound: Usage) -> Usd:
        """One answer."""
        return self.scale.per_answer * bound.requests

    def cost(self, usage: Usage) -> Usd:
        """One answer."""
        return self.scale.per_answer * usage.requests


def rates_of(policy: Policy, book: PriceBook, day: date) -> dict[str, Rate]:
    """The rate of every annotator on the ladder; raises PriceError for an unknown price."""
    asked = dict.fromkeys(name for tier in policy.tiers for name in tier.ask)
    return {name: _rate(name, policy.annotators[name], book, day) for name in asked}


def _rate(name: str, spec: AnnotatorSpec, book: PriceBook, day: date) -> Rate:
    if isinstance(spec, HumanSpec):
        return AnswerRate(book.wage(spec.price or spec.wage, day))
    return TokenRate(book.price(_entry_name(name, spec), day))


def _entry_name(name: str, spec: AnnotatorSpec) -> str:
    if spec.price is not None:
        return spec.price
    match spec:
        case ScriptedSpec():
            return "free"
        case RecordedSpec():
            return spec.annotator
        case CustomSpec():
            raise PolicyError(
                f"annotators.{name}: an annotator of one's own needs a price; "
                'add price = "free" or the name of a price entry'
            )
        case HumanSpec():
            return spec.wage
        case _:
            return spec.model
