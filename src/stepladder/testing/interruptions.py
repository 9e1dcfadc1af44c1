"""When a fake provider is not there, or not yet."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.testing.faults import Fault, Kind


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which every request meets the same fate."""

    after: float
    """Seconds from the first request until it begins."""
    seconds: float
    """How long it lasts."""
    fault: Fault | None = Fault.UNAVAILABLE
    """What every request meets, a fault of the reply; None: nobody listens, and open
    connections are reset."""

    def __post_init__(self) -> None:
        if self.after < 0 or self.seconds < 0:
            raise ValueError("outage: seconds, not less than 0")
        if self.fault is not None and self.fault.kind is not Kind.REPLY:
            raise ValueError(f"outage: {self.fault} is no fault of the reply")

    def covers(self, since_first: float) -> bool:
        """Whether it is on, so many seconds after the first request."""
        return self.after <= since_first < self.after + self.seconds


@dataclass(frozen=True, slots=True)
class SlowStart:
    """A server that still loads its model; times run from the start of the process."""

    refused_for: float = 0.0
    """Seconds in which connections are refused."""
    slow_for: float = 0.0
    """Seconds in which every reply takes longer, counted from the same moment."""
    extra: float = 1.0
    """Seconds longer that it takes."""

    def __post_init__(self) -> None:
        if min(self.refused_for, self.slow_for, self.extra) < 0:
            raise ValueError("slow_start: seconds, not less than 0")
