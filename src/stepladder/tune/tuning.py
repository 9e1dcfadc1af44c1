"""From a recording and a goal to a policy: teach, search, test, freeze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from stepladder.confidence import Fit, Wanted
from stepladder.confidence.folds import group_folds
from stepladder.engine.frozen import Frozen
from stepladder.engine.rates import Rate
from stepladder.engine.teaching import prior_columns
from stepladder.policy import Policy, Tier, confidence_of
from stepladder.recording import Recording
from stepladder.simulate.casting import cast
from stepladder.simulate.deciding import decide
from stepladder.simulate.figures import Simulated, figures
from stepladder.simulate.replay import Player, Replay, Row
from stepladder.simulate.scenario import Scenario
from stepladder.simulate.simulation import LeftOut, Simulation
from stepladder.tune.bench import Bench
from stepladder.tune.goal import AtMostError, Goal
from stepladder.tune.gold_rows import GoldRows, Known, costs
from stepladder.tune.ladder_policy import part_of, person_of, policy_of, simplified
from stepladder.tune.naming import Rule
from stepladder.tune.promise import Promise, Rest, tested_groups
from stepladder.tune.search import End, Ladder, Rung, Search
from stepladder.tune.testing import Testable, loosest_ladder, surest_ladder, to_loosen
from stepladder.tune.tuned import Chosen, Tuned
from stepladder.types import Usage

GAPS = 0.1
"""Share of the rows of gold up to which rows without it are gaps in the gold, and not the rest."""
MOST_ANNOTATORS = 7
"""Searched over at once: of more, every set of them takes minutes."""
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
        self._labels = recording.task.label_names
        self._rates: Mapping[str, Rate] = scenario.rates(_asking(base, base.machines))
        speakers = cast(base, recording.contents.annotators)
        self._speakers = speakers
        self._gold = GoldRows.read(recording, Player(base, self._labels, speakers))
        self._gold.check(self._labels)

    def tuned(self) -> Tuned:
        frontier = [_plain(one) for one in _thinned(list(self._search.frontier()))]
        promise = self._wish.promise
        if promise is not None:
            chosen = self._promised(promise)
            return self._told(chosen, self._why(chosen), frontier)
        rung = self._search.best(self._wish.goal, self._bench)
        if rung is None or (self._nobody and not simplified(rung.ladder).route):
            return self._told(None, self._none_expected(), frontier)
        return self._told(self._unpromised(rung), "what the search expects", frontier)

    @property
    def _nobody(self) -> bool:
        """Whether what machines do not accept stays without a label."""
        return self._wish.end is End.NOBODY

    # What teaches, and what tests.

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
        found = self._gold
        if found.rest_rows < GAPS * len(found.known):
            return Rest(len(found.groups))
        return Rest(found.rest_groups, float(found.rest_largest))

    @cached_property
    def _teaching(self) -> Sequence[Known]:
        teaching = self._parts[0]
        teaching.check(self._labels)
        return teaching.teaching(self._wish.seed)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The annotators searched over, cheap ones first."""
        rows = [one.row for one in self._teaching]
        names = self._base.machines
        usd = costs(rows, names, self._rates, self._scenario)
        ranked = sorted(names, key=lambda name: float(usd[name].mean()))
        if len(ranked) <= MOST_ANNOTATORS:
            return tuple(ranked)
        right = {name: sum(row.votes[name].label == row.gold for row in rows) for name in ranked}
        # Whoever is more often right than all cheaper ones, then whoever is right most often.
        leading = [
            name
            for number, name in enumerate(ranked)
            if all(right[name] > right[other] for other in ranked[:number])
        ]
        others = sorted((n for n in ranked if n not in leading), key=lambda n: -right[n])
        kept = frozenset([*leading, *others][:MOST_ANNOTATORS])
        return tuple(name for name in ranked if name in kept)

    @cached_property
    def _bench(self) -> Bench:
        rows = [one.row for one in self._teaching]
        columns = None
        if self._base.calibration.prior:
            found = prior_columns(self._recording.task, rows[0].candidate)
            columns = found if any(row.candidate.columns for row in rows) else None
        wanted = Wanted(self._labels, self._names, seed=self._wish.seed, columns=columns)
        return Bench.of(wanted, rows, costs(rows, self._names, self._rates, self._scenario))

    @cached_property
    def _search(self) -> Search:
        rules = tuple(Rule) if self._wish.promise is None else (Rule.PROBABILITY,)
        return Search.over(self._bench, self._wish.tiers, self._wish.end, self._wage, rules)

    @cached_property
    def _wage(self) -> float:
        """Of a person, for one answer, in USD."""
        if self._wish.end is not End.PERSON:
            return 0.0
        people = person_of(self._base)
        alone = _people_alone(self._base, "person")
        (name,) = people
        rate = self._scenario.rates(alone)[name]
        return float(rate.cost(_ANSWER).decimal)

    # From a ladder to a policy.

    def _unpromised(self, rung: Rung) -> Chosen:
        if not simplified(rung.ladder).route or self._people_are_cheaper(rung):
            return self._people()
        measured = self._crossed(simplified(rung.ladder))
        return self._chosen(
            simplified(rung.ladder), rung, measured, "the same gold, by fits without its groups"
        )

    def _promised(self, promise: Promise) -> Chosen | None:
        """The loosest policy along a ladder's path that keeps the promise."""
        testing = self._parts[1]
        if self._wish.end is End.ANY:
            ladders = [one.ladder for one in self._surest_first()]
            ladder = surest_ladder(self._testable, ladders, promise)
        else:
            begun = to_loosen(self._search, self._testable, self._wage, promise)
            ladder = loosest_ladder(self._testable, begun, promise)
        if ladder is None:
            return self._people() if self._wish.end is End.PERSON else None
        policy = policy_of(self._base, simplified(ladder), self._wish.name)
        measured = self._measured(policy, self._fit, testing.known)
        on = "the gold that only tested"
        return Chosen(policy, self._frozen(policy), None, measured, on, promised=True)

    def _surest_first(self) -> list[Rung]:
        """Ladders of the frontier, the most accurate first."""
        return _thinned(list(self._search.frontier()))[::-1]

    @cached_property
    def _testable(self) -> Testable:
        return Testable(self._bench, self._parts[1].known, self._rest)

    def _chosen(self, ladder: Ladder, rung: Rung, measured: Simulated, on: str) -> Chosen:
        policy = policy_of(self._base, ladder, self._wish.name)
        return Chosen(policy, self._frozen(policy), rung, measured, on, promised=False)

    def _people_are_cheaper(self, rung: Rung) -> bool:
        person = self._wish.end is End.PERSON
        return person and isinstance(self._wish.goal, AtMostError) and rung.usd >= self._wage

    def _people(self) -> Chosen:
        policy = _people_alone(self._base, self._wish.name)
        measured = self._measured(policy, self._fit, self._gold.known)
        return Chosen(policy, None, None, measured, "all gold", promised=True)

    @property
    def _fit(self) -> Fit:
        return self._bench.every.fit

    def _frozen(self, policy: Policy) -> Frozen:
        teaching, testing = self._teaching, self._parts[1].known
        return Frozen(
            recording=self._recording.contents.digest,
            seed=self._wish.seed,
            learnt_from=tuple(one.name for one in teaching),
            tested_on=tuple(one.name for one in testing),
            groups=tuple(sorted({g for one in (*teaching, *testing) if (g := one.group_name)})),
            fit=part_of(self._fit, policy.machines),
        )

    # What a policy comes to.

    def _measured(self, policy: Policy, fit: Fit, known: Sequence[Known]) -> Simulated:
        player = Player(policy, self._labels, self._speakers)
        replay = player.replay((Row(one.row.candidate, one.row.votes) for one in known), fit)
        return self._figures(policy, fit, replay)

    def _figures(self, policy: Policy, fit: Fit, replay: Replay) -> Simulated:
        simulation = Simulation(policy, fit, replay, decide(policy, replay), (), LeftOut())
        return figures(simulation, self._scenario, self._wish.name)

    def _crossed(self, ladder: Ladder) -> Simulated:
        """On the gold that taught, each fold decided by a fit without its groups."""
        policy = policy_of(self._base, ladder, self._wish.name)
        player = Player(policy, self._labels, self._speakers)
        parts = []
        for part in group_folds([one.row.group for one in self._teaching], self._wish.seed):
            held = [one for number, one in enumerate(self._teaching) if number in part]
            learnt = [one for number, one in enumerate(self._teaching) if number not in part]
            fit = self._bench.every.like_it([one.row for one in learnt])
            parts.append(
                player.replay((Row(one.row.candidate, one.row.votes) for one in held), fit)
            )
        return self._figures(policy, self._fit, Replay.joined(parts))

    # What is said of it.

    def _told(self, chosen: Chosen | None, reason: str, frontier: Sequence[Rung]) -> Tuned:
        return Tuned(
            chosen=chosen,
            reason=reason,
            frontier=frontier,
            considered=self._names,
            left_out=tuple(name for name in self._base.machines if name not in self._names),
            rows=len(self._gold.known),
            groups=len(self._gold.groups),
            taught=len(self._teaching),
            tested=len(self._parts[1].known),
            rest_groups=self._rest.groups,
            incomplete=self._gold.incomplete,
        )

    def _none_expected(self) -> str:
        best = float(self._search.value.max())
        cheapest = float(self._search.usd.min())
        match self._wish.goal:
            case AtMostError(error):
                return (
                    f"infeasible: no ladder of at most {self._wish.tiers} tiers of these "
                    f"annotators is expected to err at most {error:.1%}; the best errs "
                    f"{1 - best:.1%}; {_HELP}"
                )
            case _:
                return f"infeasible: the cheapest ladder costs {cheapest:.3g} USD per candidate"

    def _why(self, chosen: Chosen | None) -> str:
        if chosen is None:
            return (
                f"infeasible: on {len(self._parts[1].known):,} rows that only tested, no ladder "
                f"kept the promise; {_HELP}"
            )
        if chosen.frozen is None:
            return "people alone: no machine's labels could be promised, or they are no cheaper"
        return "tested on gold that nothing else has seen"


_ANSWER = Usage()
_HELP = "allow people (leave out --no-people), a larger error, better annotators, or give more gold"


def _thinned(rungs: list[Rung]) -> list[Rung]:
    """At most so many of them, the first and the last included."""
    if len(rungs) <= FRONTIER:
        return rungs
    places = np.unique(np.linspace(0, len(rungs) - 1, FRONTIER).round().astype(int))
    return [rungs[place] for place in places.tolist()]


def _plain(rung: Rung) -> Rung:
    """The same, without tiers that accept nothing."""
    return replace(rung, ladder=simplified(rung.ladder))


def _asking(base: Policy, names: Sequence[str]) -> Policy:
    """The base policy, asking each of them in a tier of its own."""
    tiers = tuple(Tier(name=n, ask=(n,), confidence=confidence_of(base, n)) for n in names)
    return base.model_copy(update={"tiers": tiers})


def _people_alone(base: Policy, name: str) -> Policy:
    people = person_of(base)
    tier = Tier(name=next(iter(people)), ask=tuple(people))
    return Policy(
        name=name, budget=base.budget, prices=base.prices, annotators=people, tiers=(tier,)
    )
