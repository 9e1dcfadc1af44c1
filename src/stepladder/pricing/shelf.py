"""All entries of one kind, the user's own before the shipped ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Generic

from stepladder.errors import PriceError
from stepladder.nearest import did_you_mean, nearest
from stepladder.pricing.entry import Entry, Value
from stepladder.strict_toml import located

SHOWN = 3
"""Names offered when none is close: all of them would fill the screen."""
ByName = Mapping[str, tuple[Entry[Value], ...]]
"""The entries of every name and alias, the earliest first; no two hold on one day."""


@dataclass(frozen=True, slots=True)
class Shelf(Generic[Value]):
    """Prices or wages by name and day."""

    kind: str
    """The word in a file and in messages: 'price' or 'wage'."""
    shipped: ByName[Value]
    """What comes with stepladder."""
    own: ByName[Value]
    """The user's, which win."""

    @classmethod
    def of(cls, kind: str, entries: Iterable[Entry[Value]]) -> Shelf[Value]:
        """Entries put in order; raises PriceError for two of one layer, name and day."""
        entries = tuple(entries)
        return cls(
            kind,
            shipped=_by_name(kind, (entry for entry in entries if not entry.own)),
            own=_by_name(kind, (entry for entry in entries if entry.own)),
        )

    def over(self, other: Shelf[Value]) -> Shelf[Value]:
        """The own entries of this shelf before the other's own ones, name by name."""
        return Shelf(self.kind, self.shipped, {**other.own, **self.own})

    @property
    def names(self) -> frozenset[str]:
        """Every name and alias."""
        return frozenset((*self.own, *self.shipped))

    def history(self, name: str) -> tuple[Entry[Value], ...]:
        """All entries of a name, the earliest first; raises PriceError when there is none."""
        entries = (*self.own.get(name, ()), *self.shipped.get(name, ()))
        if not entries:
            raise PriceError(
                f"no {self.kind} is known for {name!r}; {self._near(name)} {self._remedy}"
            )
        return tuple(sorted(entries, key=lambda entry: entry.value.since))

    def lookup(self, name: str, at: date) -> Entry[Value]:
        """The entry of that name on that day; raises PriceError when there is none."""
        found = self._find(name, at)
        if found is None:
            days = "; ".join(entry.days for entry in self.history(name))
            raise PriceError(
                f"{name!r} has no {self.kind} on {at}, only these: {days}. {self._remedy}"
            )
        return found

    def entries(self, at: date | None) -> tuple[Entry[Value], ...]:
        """All entries, or those that count on a day, sorted by name, then by day."""
        layers = (*self.shipped.values(), *self.own.values())
        every = {(e.file, e.index): e for entries in layers for e in entries}.values()
        chosen = every if at is None else [e for e in every if self._find(e.name, at) is e]
        return tuple(sorted(chosen, key=lambda e: (e.name, e.value.since, not e.own)))

    def _find(self, name: str, at: date) -> Entry[Value] | None:
        own = _holding(self.own, name, at)
        shipped = _holding(self.shipped, name, at)
        if own is not None or shipped is None:
            return own
        # The user may know the same model by another of its names.
        others = (_holding(self.own, other, at) for other in shipped.names)
        return next((entry for entry in others if entry is not None), shipped)

    def _near(self, name: str) -> str:
        if nearest(name, self.names) or not self.names:
            return did_you_mean(name, self.names)
        # Sorted, so that names equally far always come in one order.
        shown = ", ".join(map(repr, nearest(name, sorted(self.names), SHOWN, alike=0)))
        return f"the nearest are {shown}; see `stepladder prices`."

    @property
    def _remedy(self) -> str:
        return (
            f"To give one, write a [[{self.kind}]] into a price file "
            "and name the file under 'prices' in the policy."
        )


def _holding(layer: ByName[Value], name: str, at: date) -> Entry[Value] | None:
    return next((entry for entry in layer.get(name, ()) if entry.holds(at)), None)


def _by_name(kind: str, entries: Iterable[Entry[Value]]) -> ByName[Value]:
    found: dict[str, list[Entry[Value]]] = defaultdict(list)
    for entry in entries:
        for name in entry.names:
            found[name].append(entry)
    for name, named in found.items():
        named.sort(key=lambda entry: entry.value.since)
        for one, next_one in pairwise(named):
            _check_apart(kind, name, one, next_one)
    return MappingProxyType({name: tuple(named) for name, named in found.items()})


def _check_apart(kind: str, name: str, one: Entry[Value], other: Entry[Value]) -> None:
    if one.overlaps(other):
        raise PriceError(
            f"{_place(kind, one)}: {name!r} has this {kind} {one.days}, but another one "
            f"{other.days} ({_place(kind, other)}); end the earlier with 'until' or remove one"
        )


def _place(kind: str, entry: Entry[Value]) -> str:
    return located(entry.file, (kind, str(entry.index)))
