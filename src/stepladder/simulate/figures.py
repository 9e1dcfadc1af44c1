"""What a simulated policy came to: money, shares and errors, with intervals that know groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stepladder.confidence.reliability import Reliability, reliability
from stepladder.engine.rates import Rate
from stepladder.simulate.bill import Bill, bill_of
from stepladder.simulate.replay import Replay
from stepladder.simulate.scenario import Scenario
from stepladder.simulate.share import Share, share_of, weights_of
from stepladder.simulate.simulation import LeftOut, Simulation
from stepladder.types import Usd, total
from stepladder.types.arrays import Flags, Floats

FEWEST = 2
"""Labels with a probability without which there is no calibration error."""


@dataclass(frozen=True, slots=True)
class TierFigures:
    """One rung."""

    name: str
    person: bool
    """Whether a person is asked there."""
    asked: int
    accepted: int
    error: Share | None
    """Wrong labels among those that it accepted, where there is gold; None without such gold."""
    bill: Bill


@dataclass(frozen=True, slots=True)
class Simulated:
    """A policy at some prices."""

    name: str
    scenario: str
    candidates: int
    """Decided about; calibration rows are not among them."""
    tiers: Sequence[TierFigures]
    labelled: int
    by_people: int
    abstained: int
    failed: int
    accuracy: Share | None
    """Right labels among all delivered ones, people's taken as right; None without gold."""
    accepted_error: Share | None
    """Wrong labels among those that machines gave; None without gold."""
    calibration: Reliability | None
    """Of the probabilities of the labels that machines gave."""
    seconds_mean: float | None
    """Of a candidate's route, as recorded; None where nothing is."""
    seconds_95: float | None
    """Within which 95 % of the candidates were decided."""
    left_out: LeftOut
    calibration_rows: int
    calibration_cost: Usd

    @property
    def cost(self) -> Usd:
        """Of all candidates, calibration left out."""
        return total(tier.bill.total for tier in self.tiers)

    @property
    def usd_per_candidate(self) -> float:
        """The mean."""
        return float(self.cost.decimal) / self.candidates if self.candidates else 0.0


def figures(simulation: Simulation, scenario: Scenario, name: str = "") -> Simulated:
    """All figures of one simulation at one scenario's prices; raises PriceError."""
    return _Figures(simulation, scenario).all(name or simulation.policy.name)


class _Figures:
    def __init__(self, simulation: Simulation, scenario: Scenario) -> None:
        self._simulation = simulation
        self._scenario = scenario
        self._rates: Mapping[str, Rate] = scenario.rates(simulation.policy)
        self._replay: Replay = simulation.replay
        self._stop = simulation.outcome.stop
        policy = simulation.policy
        self._people = [any(map(policy.is_person, tier.ask)) for tier in policy.tiers]

    def all(self, name: str) -> Simulated:
        outcome, replay = self._simulation.outcome, self._replay
        by_people = self._by_people
        machine = outcome.labelled & ~by_people
        calibration, seconds = self._simulation.calibration, self._seconds()
        return Simulated(
            name=name,
            scenario=self._scenario.name,
            candidates=len(replay),
            tiers=[self._tier(number) for number in range(len(replay.rungs))],
            labelled=int(outcome.labelled.sum()),
            by_people=int(by_people.sum()),
            abstained=int(outcome.abstained.sum()),
            failed=int(outcome.failed.sum()),
            accuracy=self._share(self._right, outcome.labelled),
            accepted_error=self._share(~self._right, machine),
            calibration=self._calibration(machine),
            seconds_mean=None if seconds is None else float(seconds.mean()),
            seconds_95=None if seconds is None else float(np.quantile(seconds, 0.95)),
            left_out=self._simulation.left_out,
            calibration_rows=len(calibration),
            calibration_cost=self._calibration_cost(),
        )

    def _tier(self, number: int) -> TierFigures:
        policy, outcome = self._simulation.policy, self._simulation.outcome
        tier, rung = policy.tiers[number], self._replay.rungs[number]
        here = self._stop == number
        used = {name: usage[outcome.asked[number]] for name, usage in rung.usage.items()}
        return TierFigures(
            name=tier.name,
            person=self._people[number],
            asked=int(outcome.asked[number].sum()),
            accepted=int(here.sum()),
            error=self._share(~self._right, here),
            bill=bill_of(used, self._rates, self._scenario),
        )

    @cached_property
    def _by_people(self) -> Flags:
        numbers = [number for number, person in enumerate(self._people) if person]
        return np.isin(self._stop, numbers)

    @cached_property
    def _delivered(self) -> Floats:
        """The number of the label of each candidate (n), as far as machines give it."""
        rungs = self._replay.rungs
        tops = np.stack([rung.top for rung in rungs])
        return np.asarray(tops[np.maximum(self._stop, 0), np.arange(len(self._stop))])

    @cached_property
    def _right(self) -> Flags:
        """Whether the label is right (n): a person's counts as right."""
        return np.asarray(self._by_people | (self._delivered == self._replay.gold))

    def _share(self, of: Flags, among: Flags) -> Share | None:
        replay = self._replay
        places = np.flatnonzero(among & replay.known)
        if not len(places):
            return None
        weight = weights_of(replay.sampled[replay.known])
        scale = np.zeros(len(replay))
        scale[replay.known] = weight
        return share_of(of[places], scale[places], replay.groups[places])

    def _calibration(self, machine: Flags) -> Reliability | None:
        places = np.flatnonzero(machine & self._replay.known)
        if len(places) < FEWEST:
            return None
        sure = np.stack([rung.probability for rung in self._replay.rungs])
        probability = sure[self._stop[places], places]
        return reliability(np.minimum(probability, 1.0), self._right[places])

    def _seconds(self) -> Floats | None:
        found = np.zeros(len(self._replay))
        for asked, rung in zip(self._simulation.outcome.asked, self._replay.rungs, strict=True):
            found[asked] += rung.seconds[asked]
        return found if found.any() else None

    def _calibration_cost(self) -> Usd:
        votes = (said for row in self._simulation.calibration for said in row.votes.items())
        return total(
            self._rates[name].cost(self._scenario.usage(vote.usage)) for name, vote in votes
        )
