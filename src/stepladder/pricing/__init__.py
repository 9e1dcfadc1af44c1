"""Dated price tables, upper bounds before a call and exact costs after it."""

from stepladder.pricing.book import PriceBook
from stepladder.pricing.price import Price, Wage
from stepladder.pricing.tokens import most_tokens

__all__ = ["Price", "PriceBook", "Wage", "most_tokens"]
