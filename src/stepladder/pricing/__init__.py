"""Dated price tables, upper bounds before a call and exact costs after it."""

from stepladder.pricing.book import PriceBook
from stepladder.pricing.entry import Entry
from stepladder.pricing.price import Price, Wage
from stepladder.pricing.refresh import refreshed
from stepladder.pricing.tokens import likely_tokens, message_overhead, most_tokens

__all__ = [
    "Entry",
    "Price",
    "PriceBook",
    "Wage",
    "likely_tokens",
    "message_overhead",
    "most_tokens",
    "refreshed",
]
