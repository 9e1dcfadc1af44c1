"""What does not fit a ledger's whole numbers, cut to the nearest that does."""

from __future__ import annotations

from stepladder.types import Usage, Usd

MOST = 2**63 - 1
"""The largest number that a column holds; of pico-USD some 9 million USD."""


def fitting(usage: Usage) -> Usage:
    """The usage itself, kind by kind at most what a ledger holds."""
    # Written out: it is asked about every answer.
    if (
        0 <= usage.input <= MOST
        and 0 <= usage.cached_input <= MOST
        and 0 <= usage.cache_write <= MOST
        and 0 <= usage.output <= MOST
        and 0 <= usage.reasoning <= MOST
        and 0 <= usage.requests <= MOST
    ):
        return usage
    return Usage(
        input=_nearest(usage.input),
        cached_input=_nearest(usage.cached_input),
        cache_write=_nearest(usage.cache_write),
        output=_nearest(usage.output),
        reasoning=_nearest(usage.reasoning),
        requests=_nearest(usage.requests),
    )


def fitting_cost(cost: Usd) -> Usd:
    """The cost itself, or the most that a ledger holds."""
    return cost if 0 <= cost.pico <= MOST else Usd(_nearest(cost.pico))


def _nearest(number: int) -> int:
    return min(max(number, 0), MOST)
