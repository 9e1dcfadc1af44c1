"""One policy on one recording, as `label` would run it: gold calibrates, the rest is decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stepladder.confidence import Fit, GoldRow, fit_gold
from stepladder.engine.frozen import Frozen
from stepladder.engine.gold import Gold
from stepladder.engine.teaching import to_learn
from stepladder.errors import PolicyError
from stepladder.policy import Correction, Policy, correction_of
from stepladder.recording import Recording
from stepladder.simulate.casting import cast
from stepladder.simulate.deciding import Outcome, decide
from stepladder.simulate.replay import Player, Replay, Row


@dataclass(frozen=True, eq=False)
class Simulation:
    """What became of every candidate that the policy decides about."""

    policy: Policy
    fit: Fit
    replay: Replay
    outcome: Outcome
    calibration: Sequence[Row]
    """The rows of gold that the fit was learnt from here; none for a fit made before."""
    left_out: LeftOut


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of the recording that say nothing of the policy."""

    incomplete: int = 0
    """A vote is missing that the policy may ask for."""
    seen: int = 0
    """The policy or its fit were made from them."""
    alike: int = 0
    """Not left out, but of groups that the policy was made from: the figures are too good."""


@dataclass(slots=True)
class _Rows:
    """The rows that a policy can be tried on; what is left out is counted as they are read."""

    recording: Recording
    player: Player
    frozen: Frozen | None
    incomplete: int = 0
    seen: int = 0
    alike: int = 0

    def __iter__(self) -> Iterator[Row]:
        self.incomplete = self.seen = self.alike = 0
        for recorded in self.recording:
            if self.frozen is not None and self.frozen.has_seen(recorded):
                self.seen += 1
                continue
            row = self.player.row(recorded)
            if row is None:
                self.incomplete += 1
                continue
            if self.frozen is not None and self.frozen.knows_group_of(recorded):
                self.alike += 1
            yield row

    def calibration(self, policy: Policy, seed: int) -> tuple[int, ...]:
        """The places, counted from 0, of the rows that `label` would calibrate on."""
        gold = Gold()
        for place, row in enumerate(self):
            if row.candidate.gold in self.recording.task.labels:
                gold.add(place, row.candidate.group, row.candidate.sampled)
        return gold.choose(policy, seed)


def simulate(
    recording: Recording, policy: Policy, *, seed: int = 0, frozen: Frozen | None = None
) -> Simulation:
    """Decide about every row of the recording that can say something of the policy.

    A `frozen` fit is used as it is. Without one, the fit is learnt as in `label`: from a
    random part of the gold that `seed` chooses, which is not decided about.

    Raises PolicyError where the recording lacks an annotator, TableError for a bad line.
    """
    _check(policy)
    speakers = cast(policy, recording.contents.annotators)
    # In the order of the fit, by which its vectors are numbered.
    labels = recording.task.label_names if frozen is None else frozen.fit.labels
    player = Player(policy, labels, speakers)
    rows = _Rows(recording, player, frozen)
    places = () if frozen is not None else rows.calibration(policy, seed)
    wanted = frozenset(places)
    calibration = {n: row for n, row in enumerate(rows) if n in wanted} if wanted else {}
    ordered = [calibration[place] for place in places]
    fit = _learnt(recording, policy, ordered, seed) if frozen is None else frozen.fit
    rest = (row for n, row in enumerate(rows) if n not in wanted)
    replay = player.replay(rest, fit)
    outcome = decide(policy, replay)
    left_out = LeftOut(rows.incomplete, rows.seen, rows.alike)
    return Simulation(policy, fit, replay, outcome, ordered, left_out)


def _learnt(recording: Recording, policy: Policy, rows: Sequence[Row], seed: int) -> Fit:
    gold = [GoldRow(row.candidate, row.votes) for row in rows]
    return fit_gold(to_learn(recording.task, policy, gold, {}, seed), gold)


def _check(policy: Policy) -> None:
    for name in policy.machines:
        if correction_of(policy, name) is Correction.CONTEXTUAL:
            raise PolicyError(
                f"annotators.{name}: contextual calibration needs calls that no recording has; "
                "try correct = 'batch' or 'none'"
            )
