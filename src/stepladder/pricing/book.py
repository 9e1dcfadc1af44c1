"""The price book: what every model and person costs, on every day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stepladder.errors import PriceError
from stepladder.pricing.entry import Entry
from stepladder.pricing.price import Price, Wage
from stepladder.pricing.schema import PriceTable
from stepladder.pricing.shelf import Shelf
from stepladder.shipped import shipped
from stepladder.strict_toml import load

PROVIDERS = frozenset(
    {
        "anthropic",
        "cohere",
        "deepseek",
        "gemini",
        "mistral",
        "openai",
        "text-completion-openai",
        "xai",
    }
)
"""Prefixes of those who sell their own models: 'openai/gpt-4o' is 'gpt-4o', at the same price.

A reseller's prefix is none of these, since its price is its own.
"""


@dataclass(frozen=True, slots=True)
class PriceBook:
    """All prices and wages, shipped and the user's own."""

    models: Shelf[Price]
    """Prices of models."""
    people: Shelf[Wage]
    """Wages of people."""

    @classmethod
    def load(cls, own: Sequence[Path] = (), *, folder: Path | None = None) -> PriceBook:
        """The user's own tables before those in the folder, by default the shipped ones.

        An own entry wins over shipped ones of the same model or alias on the days it holds.
        Raises PriceError for a file that cannot be used, or two prices for one day.
        """
        tables = sorted((folder or shipped("pricing")).glob("*.toml"))
        files = [_PriceFile(path, load(PriceTable, path, PriceError), own=False) for path in tables]
        # Naming the same file twice does no harm.
        for path in {path.resolve(): path for path in own}.values():
            files.append(_PriceFile(path, load(PriceTable, path, PriceError), own=True))
        return cls(
            models=Shelf.of("price", (entry for file in files for entry in file.prices())),
            people=Shelf.of("wage", (entry for file in files for entry in file.wages())),
        )

    def over(self, other: PriceBook) -> PriceBook:
        """The own entries of this book before the own ones of the other, name by name."""
        return PriceBook(self.models.over(other.models), self.people.over(other.people))

    def price(self, model: str, at: date) -> Price:
        """The price of a model on a day; raises PriceError when none is known."""
        return self.models.lookup(self._listed(model), at).value

    def wage(self, name: str, at: date) -> Wage:
        """The wage of that name on a day; raises PriceError when none is known."""
        return self.people.lookup(name, at).value

    def entries(self, at: date | None = None) -> tuple[Entry[Price], ...]:
        """Every price there is, or those that count on a day, sorted by model, then by day."""
        return self.models.entries(at)

    def find(self, models: Sequence[str], at: date | None = None) -> tuple[Entry[Price], ...]:
        """The prices of these models, of all days or of one, each once.

        Raises PriceError for an unknown model, or one without a price on the day.
        """
        listed = [self._listed(model) for model in models]
        if at is not None:
            return tuple(dict.fromkeys(self.models.lookup(name, at) for name in listed))
        return tuple(dict.fromkeys(e for name in listed for e in self.models.history(name)))

    def _listed(self, model: str) -> str:
        """The name that the tables know the model by."""
        provider, _, bare = model.partition("/")
        known = self.models.names
        return bare if model not in known and provider in PROVIDERS and bare in known else model


@dataclass(frozen=True, slots=True)
class _PriceFile:
    path: Path
    table: PriceTable
    own: bool

    def prices(self) -> Iterator[Entry[Price]]:
        for index, row in enumerate(self.table.price):
            yield Entry(row.names, row.to_price(), row.until, self.path, index, self.own)

    def wages(self) -> Iterator[Entry[Wage]]:
        for index, row in enumerate(self.table.wage):
            yield Entry((row.name,), row.to_wage(), row.until, self.path, index, self.own)
