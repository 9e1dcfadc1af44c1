"""One route over all its thresholds: value, cost and accepted share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stepladder.policy import Deliver
from stepladder.tune.bench import Bench
from stepladder.tune.ladder import End
from stepladder.tune.naming import Rule
from stepladder.tune.routes import Route, asked
from stepladder.tune.surface import surface
from stepladder.types.arrays import Floats

LEVELS = 20
"""Thresholds of a tier; half as many where three tiers accept by one."""
FEW_TIERS = 2


@dataclass(frozen=True, eq=False)
class Surface:
    """One route: value, cost and accepted share for all its thresholds (3 x …)."""

    route: Route
    deliver: Deliver
    rule: Rule
    grids: Sequence[Floats]
    """Thresholds by accepting tier, rising."""
    sums: Floats

    @property
    def fine(self) -> bool:
        """Whether a threshold may hold for a part of those exactly at it."""
        return self.rule is Rule.PROBABILITY and bool(self.grids)


def surface_of(
    bench: Bench, route: Route, deliver: Deliver, rule: Rule, end: End, wage: float
) -> Surface | None:
    """None for what is the same as something else, or what the rule says nothing of."""
    sets = [bench.number[names] for names in asked(route)]
    accepting = sets[:-1] if end is End.ANY else sets
    if rule is Rule.AGREE and not _may_agree(bench, accepting, deliver):
        return None
    named = bench.named[deliver]
    levels = LEVELS if len(accepting) <= FEW_TIERS else LEVELS // 2
    binned = [named.binned(rule, one, levels) for one in accepting]
    steps = list(_steps(bench, sets, deliver, end, wage))
    weight = bench.table.weight / bench.table.weight.sum()
    gains = [steps[0] * weight] + [(after - before) * weight for before, after in pairwise(steps)]
    grids = [one.grid for one in binned]
    sums = surface(gains, [one.bins for one in binned], [len(grid) for grid in grids])
    return Surface(route, deliver, rule, grids, sums)


def _may_agree(bench: Bench, accepting: Sequence[int], deliver: Deliver) -> bool:
    """Whether several could agree; on the pooled label alone, so as not to search twice."""
    several = any(len(bench.every.sets[one]) > 1 for one in accepting)
    return several and deliver is Deliver.POOL


def _steps(
    bench: Bench, sets: Sequence[int], deliver: Deliver, end: End, wage: float
) -> Iterator[Floats]:
    """By tier: value, cost and whether a machine decides, of rows that stop there (3 x n)."""
    rows, value = len(bench.table), bench.named[deliver].value
    for one in sets:
        yield np.stack([value[one], bench.usd[one], np.ones(rows)])
    if end is not End.ANY:
        yield np.stack([np.ones(rows), bench.usd[sets[-1]] + wage, np.zeros(rows)])
