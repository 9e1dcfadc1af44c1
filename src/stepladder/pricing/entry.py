"""One line of a price table: a price or a wage, with the days it holds and its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, Protocol, TypeVar


class Dated(Protocol):
    """What has a first day: a price or a wage."""

    @property
    def since(self) -> date:
        """First day it holds."""


Value = TypeVar("Value", bound=Dated)


@dataclass(frozen=True, slots=True)
class Entry(Generic[Value]):
    """A price or a wage as one file gives it."""

    names: tuple[str, ...]
    """The model or person first, then the aliases."""
    value: Value
    """The price or the wage itself."""
    until: date | None
    """First day it no longer holds; None while it still does."""
    file: Path
    """The price table it comes from."""
    index: int
    """Which entry of its kind in the file, from 0."""
    own: bool
    """Whether the table is the user's rather than a shipped one."""

    @property
    def name(self) -> str:
        """The model's or the person's own name."""
        return self.names[0]

    def holds(self, at: date) -> bool:
        """Whether it is valid on that day."""
        return self.value.since <= at and (self.until is None or at < self.until)

    def overlaps(self, other: Entry[Value]) -> bool:
        """Whether there is a day on which both are valid."""
        return self.holds(other.value.since) or other.holds(self.value.since)

    @property
    def days(self) -> str:
        """The days it holds, in words; the last one is exclusive."""
        since = f"from {self.value.since}"
        return since if self.until is None else f"{since} until {self.until}"
