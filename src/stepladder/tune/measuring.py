"""What a tuned policy comes to on gold: by one fit, or by fits that did not see a row's group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepladder.confidence import Fit
from stepladder.confidence.every_set import EverySet
from stepladder.confidence.folds import group_folds
from stepladder.policy import Policy
from stepladder.simulate.deciding import decide
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
        return self._figures(policy, fit, self._replay(policy, fit, known))

    def crossed(
        self, every: EverySet, policy: Policy, known: Sequence[Known], seed: int
    ) -> Simulated:
        """On the rows that taught, each fold decided by a fit without its groups."""
        parts = []
        for part in group_folds([one.row.group for one in known], seed):
            held = [one for number, one in enumerate(known) if number in part]
            learnt = [one.row for number, one in enumerate(known) if number not in part]
            parts.append(self._replay(policy, every.like_it(learnt), held))
        return self._figures(policy, every.fit, Replay.joined(parts))

    def _replay(self, policy: Policy, fit: Fit, known: Sequence[Known]) -> Replay:
        player = Player(policy, self.labels, self.speakers)
        return player.replay((Row(one.row.candidate, one.row.votes) for one in known), fit)

    def _figures(self, policy: Policy, fit: Fit, replay: Replay) -> Simulated:
        simulation = Simulation(policy, fit, replay, decide(policy, replay), (), LeftOut())
        return figures(simulation, self.scenario)
