"""What a tuned policy comes to on gold: by one fit, or by fits that did not see a row's group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepladder.confidence import Fit
from stepladder.confidence.every_set import EverySet
from stepladder.confidence.folds import group_folds
from stepladder.policy import Policy
from stepladder.simulate.deciding import Outcome, decide
from stepladder.simulate.figures import Simulated, figures
from stepladder.simulate.replay import Player, Replay, Row
from stepladder.simulate.scenario import Scenario
from stepladder.simulate.simulation import LeftOut, Simulation
from stepladder.tune.gold_rows import Known


@dataclass(frozen=True, slots=True)
class Measure:
    """Replays policies on rows of gold."""

    labels: tuple[str, ...]
    """The task's."""
    speakers: Mapping[str, str]
    """Names in the recording, by name in the policy."""
    scenario: Scenario

    def by(self, fit: Fit, policy: Policy, known: Sequence[Known]) -> Simulated:
        """On these rows, by a fit that is to be taken as it is."""
        replay = self._replay(policy, fit, known)
        return self._figures(policy, fit, replay, decide(policy, replay))

    def crossed(
        self,
        every: EverySet,
        policy: Policy,
        known: Sequence[Known],
        foreign: Sequence[Known],
        seed: int,
    ) -> Simulated:
        """On the rows that taught, labelled by fits without their group, and foreign ones.

        Gold of those is no label of the task: nothing was learnt there, and machines are wrong.

        Rows stop where the policy makes them stop: its thresholds stand exactly at what its own
        fit makes of some votes, where votes are discrete. Another fit, a hair less sure, would
        send all such rows on to the next tier.
        """
        parts, ordered = [self._replay(policy, every.fit, foreign)], [*foreign]
        for part in group_folds([one.row.group for one in known], seed):
            held = [one for number, one in enumerate(known) if number in part]
            learnt = [one.row for number, one in enumerate(known) if number not in part]
            parts.append(self._replay(policy, every.like_it(learnt), held))
            ordered += held
        outcome = decide(policy, self._replay(policy, every.fit, ordered))
        return self._figures(policy, every.fit, Replay.joined(parts), outcome)

    def _replay(self, policy: Policy, fit: Fit, known: Sequence[Known]) -> Replay:
        player = Player(policy, self.labels, self.speakers)
        return player.replay((Row(one.row.candidate, one.row.votes) for one in known), fit)

    def _figures(self, policy: Policy, fit: Fit, replay: Replay, outcome: Outcome) -> Simulated:
        simulation = Simulation(policy, fit, replay, outcome, (), LeftOut())
        return figures(simulation, self.scenario)
