"""From a recording and a goal to a policy: teach, search, test, freeze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from stepladder.confidence import PriorColumns, Wanted
from stepladder.engine.frozen import Frozen
from stepladder.engine.rates import Rate
from stepladder.engine.teaching import prior_columns
from stepladder.policy import Policy
from stepladder.recording import Recording
from stepladder.simulate.casting import cast
from stepladder.simulate.replay import Player
from stepladder.simulate.scenario import Scenario
from stepladder.tune.bench import Bench
from stepladder.tune.comparing import usd_of
from stepladder.tune.considering import considered
from stepladder.tune.goal import AtMostError, Goal
from stepladder.tune.gold_rows import GoldRows, Known, costs
from stepladder.tune.ladder import End, Ladder, Rung
from stepladder.tune.ladder_policy import part_of, policy_of, simplified
from stepladder.tune.measuring import Measure
from stepladder.tune.naming import Rule
from stepladder.tune.people import people_alone, wage_of
from stepladder.tune.promise import Promise, Rest, tested_groups
from stepladder.tune.search import Search
from stepladder.tune.testing import Testable, loosest_ladder, surest_ladder, to_loosen
from stepladder.tune.tuned import Chosen, Tuned
from stepladder.tune.why import none_expected, none_kept, why

GAPS = 0.1
"""Share of the rows of gold up to which rows without it are gaps in the gold, and not the rest."""
FRONTIER = 40
"""Ladders of the frontier that are shown, at most."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, and how far the search goes."""

    goal: Goal
    promise: Promise | None
    """Tested on gold that nothing else has seen; None for what the search expects."""
    end: End
    tiers: int
    """Of machines, at most."""
    seed: int
    name: str = "tuned"
    """Of the policy."""


def tune(recording: Recording, base: Policy, scenario: Scenario, wish: Wish) -> Tuned:
    """The policy that serves the wish best, of the annotators that the base policy asks.

    Raises UserError where there is too little gold, PriceError for an unknown price.
    """
    return _Tuning(recording, base, scenario, wish).tuned()


class _Tuning:
    def __init__(self, recording: Recording, base: Policy, scenario: Scenario, wish: Wish) -> None:
        self._recording = recording
        self._base = base
        self._scenario = scenario
        self._wish = wish
        labels = recording.task.label_names
        self._rates: Mapping[str, Rate] = scenario.rates(base)
        speakers = cast(base, recording.contents.annotators)
        self._measure = Measure(labels, speakers, scenario)
        self._gold = GoldRows.read(recording, Player(base, labels, speakers))
        self._gold.check(labels)

    def tuned(self) -> Tuned:
        if self._wish.promise is not None:
            chosen = self._promised(self._wish.promise)
            tested = len(self._parts[1].known)
            return self._told(chosen, none_kept(tested) if chosen is None else why(chosen))
        rung = self._search.best(self._wish.goal, self._bench)
        if rung is None or (self._wish.end is End.NOBODY and not simplified(rung.ladder).route):
            return self._told(None, none_expected(self._search, self._wish.goal))
        chosen = self._unpromised(rung)
        return self._told(chosen, why(chosen))

    @cached_property
    def _parts(self) -> tuple[GoldRows, GoldRows]:
        """Gold that teaches and chooses, and gold that only tests."""
        gold, promise = self._gold, self._wish.promise
        if promise is None:
            return gold.dealt(0, self._wish.seed)
        gold.check_chances()
        groups, rest = len(gold.testable), self._rest.groups
        tested = tested_groups(groups, rest, promise, single=gold.single)
        return gold.dealt(tested, self._wish.seed)

    @cached_property
    def _rest(self) -> Rest:
        """Whom the promise is about: groups without gold, or else as many as have gold.

        A few of them are no rest: there the people who gave gold could not agree.
        """
        if self._few_without_gold:
            return Rest(len(self._gold.groups))
        gold = self._gold
        return Rest(gold.rest_groups, float(gold.rest_largest), gold.rest_usual)

    @property
    def _few_without_gold(self) -> bool:
        return self._gold.rest_rows < GAPS * len(self._gold.known)

    @cached_property
    def _teaching(self) -> Sequence[Known]:
        teaching = self._parts[0]
        teaching.check(self._recording.task.label_names)
        return teaching.teaching(self._wish.seed)

    @cached_property
    def _bench(self) -> Bench:
        rows = [one.row for one in self._teaching]
        usd = costs(rows, self._base.machines, self._rates, self._scenario)
        names, labels = considered(rows, usd), self._recording.task.label_names
        wanted = Wanted(labels, names, seed=self._wish.seed, columns=self._columns)
        return Bench.of(wanted, rows, usd)

    @property
    def _columns(self) -> PriorColumns | None:
        """What a prior may look at; None where there is nothing, or it is not to."""
        rows = [one.row.candidate for one in self._teaching]
        if not self._base.calibration.prior or not any(row.columns for row in rows):
            return None
        return prior_columns(self._recording.task, rows[0])

    @cached_property
    def _search(self) -> Search:
        rules = tuple(Rule) if self._wish.promise is None else (Rule.PROBABILITY,)
        return Search.over(self._bench, self._wish.tiers, self._wish.end, self._wage, rules)

    @cached_property
    def _wage(self) -> float:
        """Of a person, for one answer, in USD."""
        return wage_of(self._base, self._scenario) if self._wish.end is End.PERSON else 0.0

    @cached_property
    def _frontier(self) -> Sequence[Rung]:
        rungs = list(self._search.frontier())
        places = np.linspace(0, len(rungs) - 1, min(FRONTIER, len(rungs))).round().astype(int)
        chosen = [rungs[place] for place in places.tolist()]
        return [replace(one, ladder=simplified(one.ladder)) for one in chosen]

    def _unpromised(self, rung: Rung) -> Chosen:
        ladder = simplified(rung.ladder)
        people = self._wish.end is End.PERSON and isinstance(self._wish.goal, AtMostError)
        if not ladder.route or (people and rung.usd >= self._wage):
            return self._people()
        policy = policy_of(self._base, ladder, self._wish.name)
        every, seed = self._bench.every, self._wish.seed
        measured = self._measure.crossed(every, policy, self._teaching, seed)
        on = "the gold that taught and chose, by fits without its groups"
        return Chosen(policy, self._frozen(policy), rung, measured, on, promised=False)

    def _promised(self, promise: Promise) -> Chosen | None:
        """The loosest policy along a ladder's path that keeps the promise."""
        ladder = self._kept(promise)
        if ladder is None or self._dearer_than_people(ladder):
            return self._people() if self._wish.end is End.PERSON else None
        policy = policy_of(self._base, simplified(ladder), self._wish.name)
        testing = self._parts[1].known
        measured = self._measure.by(self._bench.every.fit, policy, testing)
        on = "the gold that only tested"
        method = self._testable.method(promise)
        frozen = self._frozen(policy)
        return Chosen(policy, frozen, None, measured, on, promised=True, method=method)

    def _dearer_than_people(self, ladder: Ladder) -> bool:
        """Whether it is expected to cost no less than a person for everything."""
        if self._wish.end is not End.PERSON:
            return False
        usd = usd_of(self._bench, ladder, self._wage)
        return float(np.average(usd, weights=self._bench.table.weight)) >= self._wage

    def _kept(self, promise: Promise) -> Ladder | None:
        if self._wish.end is End.ANY:
            surest_first = [one.ladder for one in self._frontier[::-1]]
            return surest_ladder(self._testable, surest_first, promise)
        begun = to_loosen(self._search, self._testable, self._wage, promise)
        return loosest_ladder(self._testable, begun, promise)

    @cached_property
    def _testable(self) -> Testable:
        return Testable(self._bench, self._parts[1].known, self._rest)

    def _people(self) -> Chosen:
        policy = people_alone(self._base, self._wish.name)
        measured = self._measure.by(self._bench.every.fit, policy, self._gold.known)
        promised = self._wish.promise is not None
        return Chosen(policy, None, None, measured, "all gold", promised=promised)

    def _frozen(self, policy: Policy) -> Frozen:
        teaching, testing = self._teaching, self._parts[1].known
        return Frozen(
            recording=self._recording.contents.digest,
            seed=self._wish.seed,
            learnt_from=tuple(one.name for one in teaching),
            tested_on=tuple(one.name for one in testing),
            groups=tuple(sorted({g for one in (*teaching, *testing) if (g := one.group_name)})),
            fit=part_of(self._bench.every.fit, policy.machines),
        )

    def _told(self, chosen: Chosen | None, reason: str) -> Tuned:
        names = self._bench.names
        return Tuned(
            chosen=chosen,
            reason=reason,
            frontier=self._frontier,
            considered=names,
            left_out=tuple(name for name in self._base.machines if name not in names),
            rows=len(self._gold.known),
            groups=len(self._gold.groups),
            taught=len(self._teaching),
            tested=len(self._parts[1].known),
            rest_groups=self._rest.groups,
            rest_assumed=self._few_without_gold,
            beside_gold=self._gold.beside_gold,
            incomplete=self._gold.incomplete,
            kept_local=self._gold.kept_local,
        )
