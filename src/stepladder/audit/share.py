"""A count out of a total, with what it says of the true share."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.audit.interval import Interval, wilson


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    """At least 0."""
    total: int
    """At least the count; 0 where there was nothing to count."""

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        """Where the true share lies with 95 % confidence (Wilson); None of nothing."""
        return wilson(self.count, self.total) if self.total else None
