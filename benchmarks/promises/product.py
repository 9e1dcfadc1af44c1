"""What `stepladder tune --max-error E --with-confidence C` makes of gold, step by step.

The same steps as stepladder.tune.tuning, on rows in memory; what is taught and searched once
serves all targets that leave the same groups to teach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

import numpy as np

from benchmarks.recordings import Halves
from stepladder.confidence import Fit, GoldRow, PriorColumns, Wanted
from stepladder.policy import HumanSpec, Policy, RecordedSpec, Tier
from stepladder.pricing import PriceBook
from stepladder.simulate import Scenario, decide
from stepladder.simulate.deciding import NOWHERE
from stepladder.simulate.replay import Player, Row
from stepladder.tune.bench import Bench
from stepladder.tune.considering import costs
from stepladder.tune.enough import check_enough
from stepladder.tune.gold_rows import GoldRows, Known
from stepladder.tune.ladder import End, Ladder, Rung
from stepladder.tune.ladder_policy import part_of, policy_of, simplified
from stepladder.tune.naming import Rule
from stepladder.tune.promise import Promise, Rest, tested_groups
from stepladder.tune.search import Search
from stepladder.tune.testing import Testable, loosest_ladder, surest_ladder, to_loosen
from stepladder.types.arrays import Flags

DAY = date(2025, 3, 1)
"""Of the prices."""
WAGE = 0.08
"""Of a person for one answer, in USD."""
TIERS = {End.PERSON: 3, End.ANY: 4}
"""Of machines, at most, as in `stepladder tune`."""
FRONTIER = 40
"""Ladders without people that are tested in turn, at most, as in `stepladder tune`."""
HALF = 0.5
"""A threshold to begin with where a path passes through all of them."""


@dataclass(frozen=True, eq=False)
class Taught:
    """Gold that taught, and gold that only tests."""

    bench: Bench
    testable: Testable

    @property
    def fit(self) -> Fit:
        """What was learnt."""
        return self.bench.every.fit

    @cached_property
    def tested(self) -> Sequence[GoldRow]:
        """The rows that only test."""
        return [one.row for one in self.testable.known]

    @cached_property
    def with_people(self) -> Search:
        """Ladders whose last tier is a person."""
        return self._search(End.PERSON, WAGE)

    @cached_property
    def without(self) -> Search:
        """Ladders of machines alone, which label everything."""
        return self._search(End.ANY, 0.0)

    @cached_property
    def surest(self) -> Sequence[Ladder]:
        """Of the frontier without people, the most accurate first."""
        frontier: list[Rung] = list(self.without.frontier())
        if len(frontier) > FRONTIER:
            places = np.linspace(0, len(frontier) - 1, FRONTIER).round().astype(int)
            frontier = [frontier[place] for place in np.unique(places).tolist()]
        return [one.ladder for one in frontier[::-1]]

    def _search(self, end: End, wage: float) -> Search:
        return Search.over(self.bench, TIERS[end], end, wage, (Rule.PROBABILITY,))


@dataclass(frozen=True, eq=False)
class Product:
    """The product on one draw of gold."""

    labels: tuple[str, ...]
    split: Halves
    seed: int
    """Of `stepladder tune`; another one than drew the gold, so that their shuffles differ."""
    _taught: dict[int, Taught] = field(default_factory=dict)

    def taught(self, promise: Promise) -> Taught:
        """Teach with all groups of gold that the promise does not need for its test."""
        gold = self._gold
        groups, rest = len(gold.groups), gold.rest_groups
        tested = tested_groups(groups, rest, promise, single=gold.single, other=0)
        if tested not in self._taught:
            teaching, testing = gold.dealt(tested, self.seed)
            check_enough(teaching, self.labels)
            bench = self._bench([one.row for one in teaching.teaching(self.seed)])
            about = Rest(rest, float(gold.rest_largest), gold.rest_usual)
            testable = Testable(bench, testing.known, about)
            self._taught[tested] = Taught(bench, testable)
        return self._taught[tested]

    def with_people(self, promise: Promise) -> Policy | None:
        """The loosest policy that keeps the promise; None for people alone."""
        taught = self.taught(promise)
        begun = to_loosen(taught.with_people, taught.testable, WAGE, promise)
        return self._policy(loosest_ladder(taught.testable, begun, promise))

    def in_one_tier(self, promise: Promise) -> Policy | None:
        """The same test on a single tier that asks everybody, whatever that costs."""
        taught = self.taught(promise)
        ladder = Ladder((taught.bench.names,), Rule.PROBABILITY, (HALF,), End.PERSON)
        return self._policy(loosest_ladder(taught.testable, ladder, promise))

    def without_people(self, promise: Promise) -> Policy | None:
        """A policy that labels everything and keeps the promise; None where none does."""
        taught = self.taught(promise)
        return self._policy(surest_ladder(taught.testable, taught.surest, promise))

    def on_rest(self, policy: Policy | None, promise: Promise) -> tuple[Flags, Flags]:
        """Which rows of the rest machines label, and which of all their labels are wrong (n)."""
        fresh = self.split.fresh
        if policy is None:
            return np.zeros(len(fresh), dtype=bool), np.zeros(len(fresh), dtype=bool)
        player = Player(policy, self.labels, {name: name for name in policy.machines})
        fit = part_of(self.taught(promise).fit, policy.machines)
        replay = player.replay((Row(row.candidate, row.votes) for row in fresh), fit)
        stop = decide(policy, replay).stop
        people = [any(map(policy.is_person, tier.ask)) for tier in policy.tiers]
        by_machine = (stop != NOWHERE) & ~np.array(people)[stop]
        top = np.stack([rung.top for rung in replay.rungs])[stop, np.arange(len(fresh))]
        return by_machine, by_machine & (top != replay.gold)

    def _policy(self, ladder: Ladder | None) -> Policy | None:
        return None if ladder is None else policy_of(self._base, simplified(ladder), "tuned")

    @cached_property
    def _base(self) -> Policy:
        return _base(tuple(self.split.known[0].votes))

    @cached_property
    def _gold(self) -> GoldRows:
        known = [Known(row, row.candidate.id, usable=True) for row in self.split.known]
        sizes = Counter(row.group for row in self.split.fresh)
        largest = max(sizes.values(), default=1)
        usual = sum(size**2 for size in sizes.values()) / len(self.split.fresh)
        return GoldRows(known, len(self.split.fresh), len(sizes), largest, rest_usual=usual)

    def _bench(self, rows: Sequence[GoldRow]) -> Bench:
        scenario = Scenario(_prices(), DAY)
        rates = scenario.rates(self._base)
        usd = costs(rows, self._base.machines, rates, scenario)
        names = tuple(sorted(self._base.machines, key=lambda name: float(usd[name].mean())))
        columns = PriorColumns(("text",)) if rows[0].candidate.columns else None
        wanted = Wanted(self.labels, names, seed=self.seed, columns=columns)
        return Bench.of(wanted, rows, usd)


def _base(names: tuple[str, ...]) -> Policy:
    """Everybody recorded in a tier of their own, and a person to fall back on."""
    recorded = {n: RecordedSpec(kind="recorded", recording="votes", annotator=n) for n in names}
    return Policy(
        name="recorded",
        annotators={"person": HumanSpec(kind="human"), **recorded},
        tiers=tuple(Tier(name=name, ask=(name,)) for name in names),
    )


@cache
def _prices() -> PriceBook:
    return PriceBook.load()
