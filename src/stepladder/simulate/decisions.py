"""A simulation's decisions one by one, as a run would have made them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stepladder.engine.rates import Rate
from stepladder.simulate.deciding import NOWHERE
from stepladder.simulate.rung import KINDS, Rung
from stepladder.simulate.scenario import Scenario
from stepladder.simulate.simulation import Simulation
from stepladder.types import Decision, Status, Usage, total
from stepladder.types.arrays import NO_LABEL

NOBODY = Usage(requests=0)


def decisions(simulation: Simulation, scenario: Scenario) -> Iterator[Decision]:
    """One for each candidate, in the order of the recording; raises PriceError.

    A person's label is the gold; where there is none, the candidate waits for the person.
    """
    rates = scenario.rates(simulation.policy)
    for place in range(len(simulation.replay)):
        yield _Candidate(simulation, scenario, place).decision(rates)


class _Candidate:
    def __init__(self, simulation: Simulation, scenario: Scenario, place: int) -> None:
        self._simulation = simulation
        self._scenario = scenario
        self._place = place
        outcome = simulation.outcome
        self._asked = [n for n, asked in enumerate(outcome.asked) if asked[place]]
        self._stop = int(outcome.stop[place])

    def decision(self, rates: Mapping[str, Rate]) -> Decision:
        replay, policy = self._simulation.replay, self._simulation.policy
        used = {
            name: self._scenario.usage(self._usage(rung, name))
            for rung in (replay.rungs[n] for n in self._asked)
            for name in rung.usage
        }
        label = self._label()
        machine = label is not None and not self._person
        return Decision(
            key=replay.keys[self._place],
            status=self._status(label),
            label=label,
            probability=float(replay.rungs[self._stop].probability[self._place])
            if machine
            else None,
            calibrated=bool(self._asked)
            and bool(replay.rungs[self._asked[-1]].calibrated[self._place]),
            route=tuple(policy.tiers[n].name for n in self._asked),
            cost=total(rates[name].cost(usage) for name, usage in used.items()),
            usage=sum(used.values(), NOBODY),
            reason="simulated",
        )

    @property
    def _person(self) -> bool:
        policy = self._simulation.policy
        return any(map(policy.is_person, policy.tiers[self._stop].ask))

    def _label(self) -> str | None:
        replay = self._simulation.replay
        if self._stop == NOWHERE:
            return None
        if not self._person:
            return replay.labels[int(replay.rungs[self._stop].top[self._place])]
        gold = int(replay.gold[self._place])
        return replay.labels[gold] if gold > NO_LABEL else None

    def _status(self, label: str | None) -> Status:
        outcome = self._simulation.outcome
        if self._stop != NOWHERE:
            return Status.PENDING if label is None else Status.LABELLED
        return Status.FAILED if outcome.failed[self._place] else Status.ABSTAINED

    def _usage(self, rung: Rung, name: str) -> Usage:
        return Usage(**dict(zip(KINDS, rung.usage[name][self._place].tolist(), strict=True)))
