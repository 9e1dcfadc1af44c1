"""Ladders on gold that nothing else has seen: which of them keep a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stepladder.confidence.many import ManyVotes
from stepladder.policy import Deliver
from stepladder.routing.lot import lot_of
from stepladder.simulate.rung import last_named
from stepladder.tune.bench import Bench
from stepladder.tune.climbing import at_stop, stops
from stepladder.tune.comparing import worth_it
from stepladder.tune.goal import AtMostError
from stepladder.tune.gold_rows import Known
from stepladder.tune.keeping import expected_to_pass, loosest
from stepladder.tune.ladder import Ladder
from stepladder.tune.ladder_policy import simplified
from stepladder.tune.naming import Rule
from stepladder.tune.path import Path
from stepladder.tune.promise import Method, Promise, Rest, Tested
from stepladder.tune.routes import asked
from stepladder.tune.search import Search
from stepladder.types.arrays import Flags, Floats, Numbers

EVEN = 0.5
"""A threshold that a single tier's path begins from: any other one has the same path."""


@dataclass(frozen=True, eq=False)
class Testable:
    """Gold that neither taught nor chose (n), and the frozen fit."""

    bench: Bench
    known: Sequence[Known]
    rest: Rest

    @cached_property
    def _votes(self) -> ManyVotes:
        rows = [one.row for one in self.known]
        votes = {n: [row.votes.get(n) for row in rows] for n in self.bench.names}
        return ManyVotes(self.bench.every.fit, [row.candidate for row in rows], votes)

    @cached_property
    def _gold(self) -> Numbers:
        """Numbers of the right labels (n); -1 for gold that is none of them."""
        labels = self.bench.table.labels
        found = [labels.index(one.row.gold) if one.usable else -1 for one in self.known]
        return np.array(found, dtype=np.int64)

    @cached_property
    def group(self) -> Numbers:
        """Number of each row's group (n)."""
        names = np.array([one.row.group for one in self.known], dtype=object).astype(str)
        return np.asarray(np.unique(names, return_inverse=True)[1], dtype=np.int64)

    @cached_property
    def lots(self) -> Floats:
        """Of each row (n)."""
        return np.array([lot_of(one.row.candidate.key) for one in self.known])

    def tiers(self, ladder: Ladder) -> tuple[list[Floats], list[Numbers]]:
        """By tier, the probability of each row's label, and whether it is wrong (n each).

        Silence is no label, and wrong, with probability 0: no threshold accepts it.
        """
        probability, wrong = [], []
        for names in asked(ladder.route):
            ordered = [name for name in self.bench.names if name in names]
            posterior = np.nan_to_num(self._votes.posteriors(ordered))
            label = posterior.argmax(axis=1)
            if ladder.deliver is Deliver.LAST:
                label = last_named([self._votes.labels[name] for name in ordered], label)
            probability.append(posterior[np.arange(len(label)), label])
            silent = posterior.max(axis=1) == 0.0
            wrong.append(((label != self._gold) | silent).astype(np.int64))
        return probability, wrong

    def method(self, promise: Promise) -> Method:
        """How a promise is tested on them."""
        nothing = np.zeros(len(self.known))
        return self.tested(nothing, nothing).method(promise)

    @cached_property
    def _lost(self) -> Flags:
        """Which rows lack a vote (n)."""
        return np.array([not one.complete for one in self.known], dtype=bool)

    def tested(self, accepted: Floats, wrong: Floats) -> Tested:
        """These rows, as a promise looks at them.

        Nobody knows what is delivered where a vote is missing: at worst it is wrong at once.
        """
        accepted, wrong = (np.where(self._lost, np.inf, places) for places in (accepted, wrong))
        return Tested(accepted, wrong, self.group, self.rest)


def to_loosen(search: Search, testable: Testable, wage: float, promise: Promise) -> Ladder:
    """What a test is to loosen: a single tier of all, unless more tiers are worth it.

    Both are looked at on the gold that taught, at the error that the test is expected to let
    pass. More votes make the surer posterior, and weak models at the tight thresholds that a
    promise needs accept little.
    """
    bench, groups = testable.bench, len(set(testable.group.tolist()))
    passing = expected_to_pass(groups, testable.rest.groups, promise)
    goal = AtMostError(min(passing, promise.error), promise.of)
    plain = Ladder((bench.names,), Rule.PROBABILITY, (EVEN,), search.end)
    found, all_in_one = search.best(goal, bench), search.best_of((bench.names,), goal)
    if found is None or all_in_one is None or not simplified(found.ladder).route:
        return plain
    return simplified(found.ladder) if worth_it(bench, found, all_in_one, wage) else plain


def loosest_ladder(testable: Testable, ladder: Ladder, promise: Promise) -> Ladder | None:
    """Along the ladder's path, the loosest place that keeps the promise."""
    probability, wrong = testable.tiers(ladder)
    path = Path.of(ladder, probability, wrong, testable.lots)
    place = loosest(testable.tested(path.accepted, path.wrong), promise)
    return None if place is None else path.at(place)


def surest_ladder(testable: Testable, ladders: Sequence[Ladder], promise: Promise) -> Ladder | None:
    """Of ladders that label everything, the last of a sequence that keeps the promise.

    The sequence goes from the most accurate down and ends at the first that fails. A row that any
    of them so far got wrong counts as wrong, so that errors only grow along it.
    """
    levels = -np.arange(len(ladders), dtype=np.float64)
    first_wrong = np.full(len(testable.known), -np.inf)
    for level, ladder in zip(levels.tolist(), ladders, strict=True):
        is_wrong = _delivered_wrong(testable, ladder)
        first_wrong = np.where(is_wrong, np.maximum(first_wrong, level), first_wrong)
    everything = np.zeros(len(testable.known))
    place = loosest(testable.tested(everything, first_wrong), promise, levels)
    return None if place is None else ladders[-round(place)]


def _delivered_wrong(testable: Testable, ladder: Ladder) -> Flags:
    """Where a ladder that is to label everything labels wrongly, or not at all (n).

    A row without a label is not delivered. To count it as a wrong one of all rows promises no
    less than to leave it out of both.
    """
    probability, wrong = testable.tiers(ladder)
    return np.asarray(at_stop(stops(probability, ladder.thresholds), wrong) != 0)
