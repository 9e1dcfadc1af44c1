"""What a fake provider charged, in tokens and in money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from stepladder.pricing import Price
from stepladder.types import UNUSED, Usage, Usd, total


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens charged, whatever the usage in the replies said."""

    by_model: Mapping[str, Usage]
    """`requests` counts the charged ones only."""

    @classmethod
    def from_json(cls, text: bytes) -> Bill:
        """The bill as the provider writes it."""
        return cls({model: Usage(**charged) for model, charged in orjson.loads(text).items()})

    @property
    def usage(self) -> Usage:
        """All models together."""
        return sum(self.by_model.values(), UNUSED)

    def cost(self, price: Price | Mapping[str, Price]) -> Usd:
        """The bill in USD, at one price for all models or at one for each; exact.

        Raises KeyError for a model without a price.
        """
        prices = dict.fromkeys(self.by_model, price) if isinstance(price, Price) else price
        return total(prices[model].cost(charged) for model, charged in self.by_model.items())


@dataclass(frozen=True, slots=True)
class Purchase:
    """One prompt that was charged for."""

    model: str
    text: str
    """The last user message, or the prompt."""
    sample: int
    """The request's `seed`: repeated samples of one prompt are different purchases."""
    usage: Usage
    """All charges together; `requests` is how often it was bought."""

    @property
    def times(self) -> int:
        """How often it was charged; more than 1 is bought twice."""
        return self.usage.requests

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Purchase:
        """One purchase as the provider writes it."""
        return cls(given["model"], given["text"], given["sample"], Usage(**given["usage"]))
