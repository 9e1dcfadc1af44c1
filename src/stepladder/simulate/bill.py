"""What a tier costs, by annotator and by kind of token: exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepladder.engine.rates import Rate
from stepladder.simulate.rung import KINDS
from stepladder.simulate.scenario import Scenario
from stepladder.types import NOTHING, Usage, Usd, total

ZERO = Usage(requests=0)


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens by kind, and money by kind."""

    usage: Usage
    by_kind: Mapping[str, Usd]
    """What each kind of token costs, and requests, among them a person's answers."""

    @property
    def total(self) -> Usd:
        """All of it."""
        return total(self.by_kind.values())


def bill_of(
    used: Mapping[str, NDArray[np.int32]], rates: Mapping[str, Rate], scenario: Scenario
) -> Bill:
    """By annotator, usage of each candidate (n x 6 kinds), at the scenario's rates."""
    usage, by_kind = ZERO, dict.fromkeys(KINDS, NOTHING)
    for name, rows in used.items():
        together = _together(rows, scenario)
        usage += together
        for kind, cost in costs(together, rates[name]):
            by_kind[kind] += cost
    return Bill(usage, by_kind)


def costs(usage: Usage, rate: Rate) -> Iterator[tuple[str, Usd]]:
    """What each kind of the usage costs; a rate is linear, so the kinds add up."""
    for kind in KINDS:
        yield kind, rate.cost(Usage(**{"requests": 0, kind: getattr(usage, kind)}))


def _together(rows: NDArray[np.int32], scenario: Scenario) -> Usage:
    """The sum over candidates; what comes from a cache is rounded for each of them."""
    if not scenario.cached:
        return _usage(rows)
    cached = scenario.cached
    distinct, count = np.unique(rows[:, KINDS.index("input")], return_counts=True)
    moved = sum(
        int(n * cached) * int(times)
        for n, times in zip(distinct.tolist(), count.tolist(), strict=True)
    )
    plain = _usage(rows)
    return Usage(
        plain.input - moved,
        plain.cached_input + moved,
        plain.cache_write,
        plain.output,
        plain.reasoning,
        plain.requests,
    )


def _usage(rows: NDArray[np.int32]) -> Usage:
    return Usage(*(int(n) for n in rows.sum(axis=0, dtype=np.int64).tolist()))
