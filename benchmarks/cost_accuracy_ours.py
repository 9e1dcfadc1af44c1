"""What `stepladder tune` would choose for each budget, measured as `stepladder simulate` would."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from time import perf_counter

import numpy as np

from benchmarks.cost_accuracy_recorded import Recorded
from stepladder.confidence import Wanted
from stepladder.simulate import Simulation, decide, figures
from stepladder.simulate.replay import Player, Row
from stepladder.simulate.simulation import LeftOut
from stepladder.tune.bench import Bench
from stepladder.tune.goal import WithinBudget
from stepladder.tune.ladder import End, Ladder
from stepladder.tune.ladder_policy import part_of, policy_of, simplified
from stepladder.tune.naming import Rule
from stepladder.tune.search import Search
from stepladder.types.arrays import Flags, Floats

TIERS = 4
"""Of machines, as `tune` takes where no people are asked."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """One method on one split, by budget (b)."""

    accuracy: Floats
    """Of all rows that did not teach (b)."""
    usd: Floats
    """What one of them cost (b)."""
    seconds: float
    """To choose the policies of all budgets."""


@dataclass(frozen=True, eq=False)
class Tuned:
    """Ladders for all budgets, and what they were learnt with."""

    bench: Bench
    ladders: tuple[Ladder, ...]
    seconds: float
    """The fit included."""


def tuned(recorded: Recorded, known: Flags, seed: int) -> Tuned:
    """Learn from the known rows, and search once for all budgets."""
    started = perf_counter()
    rows = recorded.some(known)
    usd = {name: one[known] for name, one in recorded.usd.items()}
    bench = Bench.of(Wanted(recorded.labels, recorded.names, seed=seed), rows, usd)
    search = Search.over(bench, TIERS, End.ANY, 0.0, tuple(Rule))
    ladders = tuple(_ladder(search, bench, budget) for budget in recorded.budgets.tolist())
    return Tuned(bench, ladders, perf_counter() - started)


def _ladder(search: Search, bench: Bench, budget: float) -> Ladder:
    """As `tune` takes; where gold is dearer than the whole recording, the cheapest there is."""
    found = search.best(WithinBudget(budget), bench)
    rung = search.rung(int(search.usd.argmin())) if found is None else found
    return simplified(rung.ladder)


def measured(recorded: Recorded, found: Tuned, fresh: Flags) -> Outcome:
    """What the ladders come to on rows that taught nothing."""
    rows = [Row(one.candidate, one.votes) for one in recorded.some(fresh)]

    @cache
    def accuracy_and_usd(ladder: Ladder) -> tuple[float, float]:
        policy = policy_of(recorded.base, ladder, "tuned")
        fit = part_of(found.bench.every.fit, policy.machines)
        speakers = {name: name for name in policy.machines}
        replay = Player(policy, recorded.labels, speakers).replay(rows, fit)
        simulation = Simulation(policy, fit, replay, decide(policy, replay), (), LeftOut())
        simulated = figures(simulation, recorded.scenario)
        # A row without a label is not a right one.
        right = 0 if simulated.accuracy is None else simulated.accuracy.count
        return right / len(rows), simulated.usd_per_candidate

    accuracy, usd = np.array([accuracy_and_usd(ladder) for ladder in found.ladders]).T
    return Outcome(accuracy, usd, found.seconds)
