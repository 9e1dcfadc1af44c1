"""Running figures of a run: by tier, by status, and against gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from stepladder.engine.tally import Tally
from stepladder.policy import Policy
from stepladder.types import NOTHING, UNUSED, Candidate, Decision, Status, Usage, Usd, Vote


@dataclass(slots=True)
class TierFigures:
    """What happened on one rung."""

    name: str
    asked: int = 0
    """Candidates put to it."""
    accepted: int = 0
    """Candidates that stopped here with a label."""
    usage: Usage = UNUSED
    cost: Usd = NOTHING
    seconds: float = 0.0
    """Time its annotators took, summed over calls."""

    @property
    def escalated(self) -> int:
        """Candidates that did not stop here with a label."""
        return self.asked - self.accepted


@dataclass(slots=True)
class GoldFigures:
    """Accuracy on gold that no fit has seen."""

    rows: int = 0
    """Candidates with gold, those that calibrate included."""
    groups: int = 0
    """How many groups these are of."""
    labelled: Tally = field(default_factory=Tally)
    right: Tally = field(default_factory=Tally)
    seen: int = 0
    """Decided candidates with gold that a fit has seen, or a promise was tested on."""
    undecided: int = 0
    """Other gold candidates without a label so far."""
    by_machine: Tally = field(default_factory=Tally)
    """Labelled ones whose label a machine gave."""
    machine_right: Tally = field(default_factory=Tally)
    """Those of them that are right."""
    machine_right_everywhere: Tally = field(default_factory=Tally)
    """Right ones, if the machines' best label had been taken for every labelled candidate."""


def unseen(_: Candidate) -> bool:
    """As where nothing was tuned."""
    return False


@dataclass(slots=True)
class Progress:
    """The figures so far; read it at any time, the engine alone writes it."""

    policy: Policy
    seen: Callable[[Candidate], bool] = unseen
    """Whether what was tuned rests on a candidate's gold."""
    total: int = 0
    done: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    tiers: list[TierFigures] = field(default_factory=list)
    calibration: TierFigures = field(default_factory=lambda: TierFigures("calibration"))
    gold: GoldFigures = field(default_factory=GoldFigures)

    def __post_init__(self) -> None:
        self.tiers = [TierFigures(tier.name) for tier in self.policy.tiers]

    def calibrated(self, votes: Sequence[Vote]) -> None:
        """Count one calibration row."""
        self.calibration.asked += 1
        self.calibration.accepted += 1
        _add(self.calibration, votes)

    def decided(self, candidate: Candidate, decision: Decision, votes: Sequence[Vote]) -> None:
        """Count one decision that was not made by gold."""
        by_annotator = {vote.annotator: vote for vote in votes}
        for tier, figures in zip(self.policy.tiers, self.tiers, strict=True):
            if tier.name in decision.route:
                figures.asked += 1
                _add(figures, [by_annotator[n] for n in tier.ask if n in by_annotator])
        last = decision.route[-1] if decision.route else None
        if decision.status is Status.LABELLED:
            next(f for f in self.tiers if f.name == last).accepted += 1
        if candidate.gold is None:
            return
        if self.seen(candidate):
            self.gold.seen += 1
        else:
            self._against_gold(candidate.gold, candidate.sampled, decision)

    def finished(self, decision: Decision) -> None:
        """Count one candidate as done."""
        self.done += 1
        self.statuses[decision.status] += 1

    def _against_gold(self, gold: str, chance: float | None, decision: Decision) -> None:
        if decision.label is None:
            self.gold.undecided += 1
            return
        right = decision.label == gold
        machine = decision.probability is not None
        best = decision.posterior.top if decision.posterior else None
        self.gold.labelled.add(chance)
        self.gold.right.add(chance, right)
        self.gold.by_machine.add(chance, machine)
        self.gold.machine_right.add(chance, machine and right)
        self.gold.machine_right_everywhere.add(chance, best == gold)


def _add(figures: TierFigures, votes: Sequence[Vote]) -> None:
    figures.usage = sum((vote.usage for vote in votes), figures.usage)
    figures.cost = sum((vote.cost for vote in votes), figures.cost)
    figures.seconds += sum(vote.seconds for vote in votes)
