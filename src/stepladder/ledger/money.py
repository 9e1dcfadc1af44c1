"""The two kinds of money that a run has walls for."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.types import NOTHING, Usd


@dataclass(frozen=True, slots=True)
class Money:
    """What goes to providers, and what goes to people."""

    usd: Usd = NOTHING
    wages: Usd = NOTHING

    def __add__(self, other: Money) -> Money:
        return Money(self.usd + other.usd, self.wages + other.wages)

    def __sub__(self, other: Money) -> Money:
        return Money(self.usd - other.usd, self.wages - other.wages)

    def __bool__(self) -> bool:
        return bool(self.usd or self.wages)

    def __str__(self) -> str:
        return f"{self.usd} and {self.wages} of wages"
