"""From a recording and a goal to a policy: teach, search, test, freeze."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from stepladder.policy import Policy
from stepladder.recording import Recording
from stepladder.simulate.casting import cast
from stepladder.simulate.scenario import Scenario
from stepladder.tune.comparing import usd_of
from stepladder.tune.goal import AtMostError
from stepladder.tune.ladder import End, Ladder, Rung
from stepladder.tune.ladder_policy import policy_of, simplified
from stepladder.tune.material import Material
from stepladder.tune.measuring import Measure
from stepladder.tune.naming import Rule
from stepladder.tune.people import people_alone, wage_of
from stepladder.tune.promise import Promise
from stepladder.tune.search import Search
from stepladder.tune.testing import loosest_ladder, surest_ladder, to_loosen
from stepladder.tune.tuned import Chosen, Tuned
from stepladder.tune.why import none_expected, none_kept, why
from stepladder.tune.wish import Wish

FRONTIER = 40
"""Ladders of the frontier that are shown, at most."""


def tune(recording: Recording, base: Policy, scenario: Scenario, wish: Wish) -> Tuned:
    """The policy that serves the wish best, of the annotators that the base policy asks.

    Raises UserError where there is too little gold, PriceError for an unknown price.
    """
    return _Tuning(recording, base, scenario, wish).tuned()


class _Tuning:
    def __init__(self, recording: Recording, base: Policy, scenario: Scenario, wish: Wish) -> None:
        self._base = base
        self._scenario = scenario
        self._wish = wish
        self._of = Material(recording, base, scenario, wish)
        speakers = cast(base, recording.contents.annotators)
        self._measure = Measure(recording.task.label_names, speakers, scenario)

    def tuned(self) -> Tuned:
        if self._of.promise is not None:
            chosen = self._promised(self._of.promise)
            testing = self._of.parts[1]
            return self._told(chosen, none_kept(testing) if chosen is None else why(chosen))
        rung = self._search.best(self._wish.goal, self._of.bench)
        if rung is None or (self._wish.end is End.NOBODY and not simplified(rung.ladder).route):
            return self._told(None, none_expected(self._search, self._wish.goal))
        chosen = self._unpromised(rung)
        return self._told(chosen, why(chosen))

    @cached_property
    def _search(self) -> Search:
        rules = tuple(Rule) if self._wish.promise is None else (Rule.PROBABILITY,)
        return Search.over(self._of.bench, self._wish.tiers, self._wish.end, self._wage, rules)

    @cached_property
    def _wage(self) -> float:
        """Of a person, for one answer, in USD."""
        return wage_of(self._base, self._scenario) if self._wish.end is End.PERSON else 0.0

    @cached_property
    def _frontier(self) -> Sequence[Rung]:
        rungs = [one for one in self._search.frontier() if one.delivers]
        places = np.linspace(0, len(rungs) - 1, min(FRONTIER, len(rungs))).round().astype(int)
        chosen = [rungs[place] for place in places.tolist()]
        return [replace(one, ladder=simplified(one.ladder)) for one in chosen]

    def _unpromised(self, rung: Rung) -> Chosen:
        ladder = simplified(rung.ladder)
        people = self._wish.end is End.PERSON and isinstance(self._wish.goal, AtMostError)
        if not ladder.route or (people and rung.usd >= self._wage):
            return self._people()
        policy = policy_of(self._base, ladder, self._wish.name)
        every, seed = self._of.bench.every, self._wish.seed
        foreign = [one for one in self._of.gold.known if one.complete and not one.usable]
        measured = self._measure.crossed(every, policy, self._of.teaching, foreign, seed)
        on = "the gold that taught and chose, labelled by fits without its groups"
        return Chosen(policy, self._of.frozen(policy), rung, measured, on, promised=False)

    def _promised(self, promise: Promise) -> Chosen | None:
        """The loosest policy along a ladder's path that keeps the promise."""
        ladder = self._kept(promise)
        if ladder is None or self._dearer_than_people(ladder):
            return self._people() if self._wish.end is End.PERSON else None
        policy = policy_of(self._base, simplified(ladder), self._wish.name)
        testing = [one for one in self._of.parts[1].known if one.complete]
        measured = self._measure.by(self._of.bench.every.fit, policy, testing)
        on = "the gold that tested, and by that set the thresholds: slightly too good"
        method = self._of.testable.method(promise)
        frozen = self._of.frozen(policy)
        return Chosen(policy, frozen, None, measured, on, promised=True, method=method)

    def _dearer_than_people(self, ladder: Ladder) -> bool:
        """Whether it is expected to cost no less than a person for everything."""
        if self._wish.end is not End.PERSON:
            return False
        usd = usd_of(self._of.bench, ladder, self._wage)
        return float(np.average(usd, weights=self._of.bench.table.weight)) >= self._wage

    def _kept(self, promise: Promise) -> Ladder | None:
        if self._wish.end is End.ANY:
            surest_first = [one.ladder for one in self._frontier[::-1]]
            return surest_ladder(self._of.testable, surest_first, promise)
        begun = to_loosen(self._search, self._of.testable, self._wage, promise)
        return loosest_ladder(self._of.testable, begun, promise)

    def _people(self) -> Chosen:
        policy = people_alone(self._base, self._wish.name)
        measured = self._measure.by(self._of.bench.every.fit, policy, self._of.gold.known)
        promised = self._wish.promise is not None
        return Chosen(policy, None, None, measured, "all gold", promised=promised)

    def _told(self, chosen: Chosen | None, reason: str) -> Tuned:
        names = self._of.bench.names
        return Tuned(
            chosen=chosen,
            reason=reason,
            frontier=self._frontier,
            considered=names,
            left_out=tuple(name for name in self._base.machines if name not in names),
            rows=len(self._of.gold.known),
            groups=len(self._of.gold.groups),
            taught=len(self._of.teaching),
            tested=len(self._of.parts[1].known),
            rest_groups=self._of.rest.groups,
            rest_assumed=self._of.few_without_gold,
            beside_gold=self._of.gold.beside_gold,
            incomplete=self._of.gold.incomplete,
            kept_local=self._of.gold.kept_local,
            rest_kept_local=self._of.gold.rest_kept_local,
        )
