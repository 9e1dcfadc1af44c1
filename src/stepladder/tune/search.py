"""Every route with every combination of thresholds, and the best of them for a goal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, product
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence.folds import grouped_mean
from stepladder.confidence.gold import Floats, Numbers
from stepladder.policy import Deliver
from stepladder.tune.bench import Bench
from stepladder.tune.between import Step, best_step, raised
from stepladder.tune.goal import AsGoodAsTheBest, AtMostError, ErrorCost, Goal, WithinBudget
from stepladder.tune.naming import Rule
from stepladder.tune.promise import Of
from stepladder.tune.routes import Route, asked, routes
from stepladder.tune.surface import surface

LEVELS = 20
"""Thresholds of a tier; half as many where three tiers accept by one."""
FEW_TIERS = 2
TIE = 1e-9
"""Of the dearest policy's cost: between equal values the dearer one, since a few hundred rows often
cannot see what one more opinion is good for; between equal costs the more accurate one."""
SLACK = 1.001
"""By which the mean cost on gold may pass a budget: thresholds come in steps."""


class End(StrEnum):
    """What becomes of candidates that no tier of machines accepts."""

    ANY = "any"
    """There are none: the last tier accepts any label."""
    PERSON = "person"
    """A person labels them."""
    NOBODY = "nobody"
    """They stay without a label."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A route with its thresholds."""

    route: Route
    rule: Rule
    thresholds: tuple[float, ...]
    """Of the tiers that accept by one: all, or all but the last, which accepts any label."""
    end: End
    ties: tuple[float, ...] = ()
    """By threshold, which share is accepted of those exactly at it; all, where nothing is said."""
    deliver: Deliver = Deliver.POOL
    """Whose label is delivered."""

    def ties_of(self, tier: int) -> float:
        """The share that a tier accepts of those exactly at its threshold."""
        return self.ties[tier] if self.ties else 1.0


@dataclass(frozen=True, slots=True)
class Rung:
    """A ladder, and what it comes to on gold."""

    ladder: Ladder
    value: float
    """Share that is not labelled wrongly, as far as it is known without the gold's noise."""
    usd: float
    """Per candidate."""
    accepted: float
    """Share that machines decide."""

    @property
    def error(self) -> float:
        """Share of wrong labels among the delivered ones."""
        wrong = 1.0 - self.value
        return wrong / max(self.accepted, TIE) if self.ladder.end is End.NOBODY else wrong

    @property
    def accepted_error(self) -> float:
        """Share of wrong labels among those that machines gave: a person's are right."""
        return (1.0 - self.value) / max(self.accepted, TIE)


@dataclass(frozen=True, eq=False)
class _Surface:
    """One route: value, cost and accepted share for all its thresholds (3 x …)."""

    route: Route
    deliver: Deliver
    rule: Rule
    grids: Sequence[Floats]
    sums: Floats

    @property
    def fine(self) -> bool:
        """Whether a threshold may hold for a part of those exactly at it."""
        return self.rule is Rule.PROBABILITY and bool(self.grids)


@dataclass(frozen=True, eq=False)
class Search:
    """All ladders (l) as three columns of figures."""

    surfaces: Sequence[_Surface]
    starts: Numbers
    """The number of each surface's first ladder."""
    value: Floats
    usd: Floats
    accepted: Floats
    end: End

    @classmethod
    def over(cls, bench: Bench, tiers: int, end: End, wage: float, rules: Sequence[Rule]) -> Search:
        """Every ladder of at most so many tiers of machines; `wage` is a person's, in USD."""
        surfaces = [
            one
            for deliver, rule in product(Deliver, rules)
            for route in routes(bench.names, tiers)
            if (one := _surface(bench, route, deliver, rule, end, wage)) is not None
        ]
        columns = [one.sums.reshape(3, -1) for one in surfaces]
        sizes = [column.shape[1] for column in columns]
        value, usd, accepted = np.concatenate(columns, axis=1)
        starts = np.cumsum([0, *sizes[:-1]])
        return cls(surfaces, starts, value, usd, accepted, end)

    def rung(self, number: int) -> Rung:
        """The ladder of that number."""
        place = int(np.searchsorted(self.starts, number, side="right")) - 1
        found = self.surfaces[place]
        sizes = [len(grid) for grid in found.grids]
        at = np.unravel_index(number - int(self.starts[place]), sizes) if sizes else ()
        thresholds = tuple(float(g[i]) for g, i in zip(found.grids, at, strict=True))
        return Rung(
            Ladder(found.route, found.rule, thresholds, self.end, deliver=found.deliver),
            float(self.value[number]),
            float(self.usd[number]),
            float(self.accepted[number]),
        )

    def best(self, goal: Goal, bench: Bench) -> Rung | None:
        """The ladder that serves the goal best; None where none serves it."""
        match goal:
            case WithinBudget(usd):
                return self._within(usd, bench)
            case AtMostError(error, of):
                return self._allowed(error, of)
            case ErrorCost(usd):
                return self._cheapest_of(self.usd + usd * (1.0 - self.value))
            case AsGoodAsTheBest():
                best = float(self.value.max())
                return self._cheapest(self.value >= best - _error(bench, best))
            case _:
                assert_never(goal)

    def best_of(self, route: Route, goal: AtMostError) -> Rung | None:
        """The best ladder of one route that delivers the pooled label by its probability."""
        wanted = (route, Deliver.POOL, Rule.PROBABILITY)
        for found, start in zip(self.surfaces, self.starts.tolist(), strict=True):
            if (found.route, found.deliver, found.rule) == wanted:
                size = found.sums.reshape(3, -1).shape[1]
                among = np.zeros(len(self.value), dtype=bool)
                among[start : start + size] = True
                return self._cheapest(among & self._may_err(goal.error, goal.of))
        return None

    def _may_err(self, error: float, of: Of) -> NDArray[np.bool_]:
        among = self.accepted if of is Of.ACCEPTED or self.end is End.NOBODY else 1.0
        return np.asarray(1.0 - self.value <= error * among + TIE)

    def _allowed(self, error: float, of: Of) -> Rung | None:
        """The cheapest that errs no more; where nobody labels the rest, that leaves the least."""
        allowed = self._may_err(error, of)
        if self.end is End.NOBODY and allowed.any():
            most = float(self.accepted[allowed].max())
            allowed &= self.accepted >= most - TIE
        return self._cheapest(allowed)

    def _within(self, usd: float, bench: Bench) -> Rung | None:
        """The most valuable; what a budget leaves may buy a part of the next threshold."""
        best = self._most_valuable(self.usd <= usd * SLACK)
        steps = ((one, best_step(one.sums, usd)) for one in self.surfaces if one.fine)
        crossing = [(found, step) for found, step in steps if step is not None]
        if best is None or not crossing:
            return best
        found, step = max(crossing, key=lambda one: one[1].value)
        return self._between(found, step, bench) if step.value > best.value + TIE else best

    def _between(self, found: _Surface, step: Step, bench: Bench) -> Rung:
        thresholds = [float(g[i]) for g, i in zip(found.grids, step.place, strict=True)]
        ties, tier = [1.0] * len(thresholds), step.tier
        one = bench.number[asked(found.route)[tier]]
        high = float(found.grids[tier][step.place[tier] + 1])
        score = bench.named[found.deliver].score(found.rule)[one]
        raised_to = raised(score, bench.table.weight, thresholds[tier], high, step.share)
        thresholds[tier], ties[tier] = raised_to.threshold, raised_to.ties
        ladder = Ladder(
            found.route, found.rule, tuple(thresholds), self.end, tuple(ties), found.deliver
        )
        return Rung(ladder, step.value, step.usd, step.accepted)

    def _most_valuable(self, among: np.ndarray) -> Rung | None:
        if not among.any():
            return None
        ranked = self.value + TIE * self.usd / max(float(self.usd.max()), TIE)
        return self.rung(int(np.where(among, ranked, -np.inf).argmax()))

    def _cheapest(self, among: np.ndarray) -> Rung | None:
        if not among.any():
            return None
        return self._cheapest_of(np.where(among, self.usd, np.inf))

    def _cheapest_of(self, usd: Floats) -> Rung:
        return self.rung(int((usd - TIE * float(self.usd.max()) * self.value).argmin()))

    def frontier(self) -> Iterator[Rung]:
        """Ladders that no cheaper one is as good as, by rising cost."""
        order = np.lexsort((-self.value, self.usd))
        best = np.maximum.accumulate(self.value[order])
        better = np.append(True, best[1:] > best[:-1] + TIE)
        return (self.rung(int(number)) for number in order[better])


def clearly_cheaper(bench: Bench, one: Ladder, other: Ladder, wage: float) -> bool:
    """Whether one ladder costs less than the other by more than a standard error, by group."""
    saved = _usd_of(bench, other, wage) - _usd_of(bench, one, wage)
    found = grouped_mean(saved, bench.table.groups, bench.table.weight)
    return found.mean > found.error


def _usd_of(bench: Bench, ladder: Ladder, wage: float) -> Floats:
    """What each row of gold costs (n)."""
    sets = [bench.number[names] for names in asked(ladder.route)]
    score = bench.named[ladder.deliver].score(ladder.rule)
    usd = bench.usd[sets[-1]] + (wage if ladder.end is End.PERSON else 0.0)
    reached = list(zip(sets, ladder.thresholds, strict=False))
    if ladder.end is End.ANY:
        usd = bench.usd[sets[-1]]
    for one, threshold in reversed(reached):
        usd = np.where(score[one] >= threshold, bench.usd[one], usd)
    return np.asarray(usd, dtype=np.float64)


def _error(bench: Bench, share: float) -> float:
    """The standard error of such a share of right labels on this gold, groups counted as one."""
    best = bench.named[Deliver.POOL].label[-1] == bench.table.gold
    found = grouped_mean(best.astype(np.float64), bench.table.groups, bench.table.weight)
    return found.error if 0 < share < 1 and np.isfinite(found.error) else 0.0


def _surface(
    bench: Bench, route: Route, deliver: Deliver, rule: Rule, end: End, wage: float
) -> _Surface | None:
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
    return _Surface(route, deliver, rule, grids, sums)


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
