"""Cost against accuracy: policies, each machine alone, and what nobody can beat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepladder.engine.rates import Rate
from stepladder.simulate.bill import bill_of
from stepladder.simulate.scenario import Scenario
from stepladder.simulate.share import weights_of
from stepladder.simulate.simulation import Simulation
from stepladder.types.arrays import Flags, Floats


@dataclass(frozen=True, slots=True)
class Point:
    """Something that costs so much, and is right so often."""

    name: str
    usd_per_candidate: float
    accuracy: float
    """0 to 1."""


def alone(simulation: Simulation, scenario: Scenario) -> Sequence[Point]:
    """Every machine of the policy by itself, on the rows decided about; cheapest first."""
    return sorted(_alone(simulation, scenario), key=lambda one: one.usd_per_candidate)


def _alone(simulation: Simulation, scenario: Scenario) -> Iterator[Point]:
    replay, rates = simulation.replay, scenario.rates(simulation.policy)
    known = replay.known
    if not known.any():
        return
    weight = weights_of(replay.sampled[known])
    for rung in replay.rungs:
        for name, said in rung.said.items():
            cost = _usd(rung.usage[name][known], rates[name], scenario)
            right: Flags = said[known] == replay.gold[known]
            yield _mean(name, cost, right, weight)


def _mean(name: str, cost: Floats, right: Flags, weight: Floats) -> Point:
    """Of candidates (n each), as much as each stands for others."""
    usd, share = (float(np.average(one, weights=weight)) for one in (cost, right))
    return Point(name, usd, share)


def oracle(simulation: Simulation, scenario: Scenario) -> Point | None:
    """As if one knew beforehand who is right: the cheapest such machine, or else the cheapest.

    None where there is no gold or no machine.
    """
    replay, rates = simulation.replay, scenario.rates(simulation.policy)
    machines = [(name, said, rung) for rung in replay.rungs for name, said in rung.said.items()]
    known = replay.known
    if not machines or not known.any():
        return None
    cost = np.stack(
        [_usd(rung.usage[name][known], rates[name], scenario) for name, _, rung in machines]
    )
    right = np.stack([said[known] == replay.gold[known] for _, said, _ in machines])
    anyone = right.any(axis=0)
    cheapest = np.where(anyone, np.where(right, cost, np.inf).min(axis=0), cost.min(axis=0))
    weight = weights_of(replay.sampled[known])
    return _mean("oracle", cheapest, np.asarray(anyone, dtype=bool), weight)


def _usd(usage: NDArray[np.int32], rate: Rate, scenario: Scenario) -> Floats:
    """What each candidate costs (n); equal usage is priced once."""
    distinct, place = np.unique(usage, axis=0, return_inverse=True)
    priced = [
        float(bill_of({"": one[None, :]}, {"": rate}, scenario).total.decimal) for one in distinct
    ]
    return np.asarray(np.array(priced)[place.ravel()], dtype=np.float64)


def frontier(points: Sequence[Point]) -> Sequence[Point]:
    """Those that no cheaper one is as right as, by rising cost."""
    best, found = -1.0, []
    for point in sorted(points, key=lambda one: (one.usd_per_candidate, -one.accuracy)):
        if point.accuracy > best:
            best = point.accuracy
            found.append(point)
    return found
