"""Whether an annotator that keeps failing is asked at all: a value, without a clock.

The circuit breaker of Nygard, "Release It!", 2007. It opens after `OPENS_AFTER` failures
in a row. After a cool-down it is half open: one request, the probe, may pass. If the probe
is answered the circuit closes; if it fails the circuit opens for twice as long.
"""

from __future__ import annotations

from dataclasses import dataclass

OPENS_AFTER = 8
"""Failures in a row, without an answer in between, at most."""
FIRST_COOL_DOWN = 1.0
"""Seconds until the first probe."""
LONGEST_COOL_DOWN = 30.0
"""Seconds between probes at most."""


@dataclass(frozen=True, slots=True)
class Closed:
    """It is asked."""

    failures: int = 0
    """Failures since the last answer."""


@dataclass(frozen=True, slots=True)
class Open:
    """It is not asked."""

    since: float
    """Seconds on the caller's clock when it opened first, whatever probes came since."""
    probe_at: float
    """From when it is half open."""
    cool_down: float
    """Seconds from the last failure to `probe_at`."""


@dataclass(frozen=True, slots=True)
class Probing:
    """One request is under way to see whether it answers again."""

    since: float
    cool_down: float


Circuit = Closed | Open | Probing
CLOSED = Closed()


def failed(circuit: Circuit, now: float, *, probe: bool, opens_after: int = OPENS_AFTER) -> Circuit:
    """After an attempt that says that the annotator is down; `probe`: whether it was the probe."""
    match circuit:
        case Closed(failures) if failures + 1 < opens_after:
            return Closed(failures + 1)
        case Closed():
            return Open(now, now + FIRST_COOL_DOWN, FIRST_COOL_DOWN)
        case Probing(since, cool_down) if probe:
            longer = min(2 * cool_down, LONGEST_COOL_DOWN)
            return Open(since, now + longer, longer)
        case Open() | Probing():
            # Asked before it opened: nothing new.
            return circuit


def given_up(circuit: Circuit, now: float) -> Circuit:
    """After a probe that was called off: whoever comes next may probe."""
    match circuit:
        case Probing(since, cool_down):
            return Open(since, now, cool_down)
        case Closed() | Open():
            return circuit
