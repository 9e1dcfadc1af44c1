"""What a run came to, in figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stepladder.audit import Interval, wilson
from stepladder.confidence.weighing import weights
from stepladder.engine.payroll import Alone, Payroll, dearest_alone
from stepladder.engine.progress import GoldFigures, TierFigures
from stepladder.engine.run import Run
from stepladder.engine.setup import Setup
from stepladder.engine.tally import Tally, Weights
from stepladder.engine.trust import Trusted, trusted
from stepladder.policy import HumanSpec
from stepladder.types import Candidate, Status, Usd


@dataclass(frozen=True, slots=True)
class Weighed:
    """What rows of gold that were drawn unevenly say of the whole file."""

    share: float
    """Weighed share of right labels, from 0 to 1."""
    effective: float
    """How many rows of equal weight they are worth."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A share of right labels on gold that no fit has seen."""

    right: int
    """Rows, unweighted."""
    total: int
    weighed: Weighed | None = None
    """By how gold was drawn; None where all rows weigh the same."""

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.weighed.share if self.weighed else self.right / self.total

    @property
    def interval(self) -> Interval:
        """Where the true share lies with 95 % confidence (Wilson, at the effective rows)."""
        if self.weighed is None:
            return wilson(self.right, self.total)
        return wilson(self.weighed.share * self.weighed.effective, self.weighed.effective)


@dataclass(frozen=True, slots=True)
class Spend:
    """Money of a run over all its starts, and its walls."""

    usd: Usd
    """All but wages."""
    wages: Usd
    budget: Usd
    wages_budget: Usd
    shared: str = ""
    """The name of the budget, if other runs draw on it too."""

    @property
    def total(self) -> Usd:
        """All money."""
        return self.usd + self.wages


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything to be said when a run ends."""

    run: str
    candidates: int
    done: int
    statuses: Mapping[Status, int]
    calibration: TierFigures
    tiers: Sequence[TierFigures]
    trusted: Trusted | None
    """How votes became probabilities; None when the run ended before calibration did."""
    labels: Accuracy | None
    """Of all labels on unseen gold, people's as given; None without such gold."""
    machine_labels: Accuracy | None
    """Of those that a machine gave."""
    at_random: float | None
    """Expected accuracy, had the same number gone to the person at random; None without people."""
    undecided: int
    """Unseen gold candidates without a label."""
    gold: GoldFigures
    """How much gold there is, of how many groups."""
    spend: Spend
    dearest: Alone | None
    """The dearest annotator alone; None when nothing was done."""

    @property
    def complete(self) -> bool:
        """Whether every candidate came to some decision."""
        return self.done == self.candidates


def summarise(run: Run, payroll: Payroll, candidates: Iterable[Candidate]) -> Summary:
    """The figures of a run that ended; `candidates` are read again where quotes are needed."""
    progress = run.progress
    gold = progress.gold
    # One scale for all lines, so that people and machines add up to all labels.
    scale = weights(gold.labelled.by_chance)
    return Summary(
        run=run.name,
        candidates=progress.total,
        done=progress.done,
        statuses={status: progress.statuses[status] for status in Status},
        calibration=progress.calibration,
        tiers=tuple(progress.tiers),
        trusted=trusted(run.calibrated) if run.calibrated else None,
        labels=accuracy(gold.right, gold.labelled, scale),
        machine_labels=accuracy(gold.machine_right, gold.by_machine, scale),
        at_random=at_random(gold, scale),
        undecided=gold.undecided,
        gold=gold,
        spend=Spend(
            run.budget.spent, run.wages.spent, run.limits.usd, run.limits.wages, run.shared
        ),
        dearest=dearest_alone(run.setup, payroll, candidates, progress.total),
    )


def accuracy(right: Tally, of: Tally, scale: Weights) -> Accuracy | None:
    """The share of `right` in rows that weigh as `scale` says; None without rows."""
    if not of.rows:
        return None
    if of.even(scale):
        return Accuracy(right.rows, of.rows)
    share = right.weight(scale) / of.weight(scale)
    return Accuracy(right.rows, of.rows, Weighed(share, of.effective(scale)))


def at_random(gold: GoldFigures, scale: Weights) -> float | None:
    """Expected accuracy when as many candidates as people labelled are drawn at random.

    The drawn ones are as right as people were, the others as right as the machines'
    best label is everywhere. What routing achieves should beat it.
    """
    by_people = gold.labelled - gold.by_machine
    if not by_people.rows:
        return None
    all_labels = gold.labelled.weight(scale)
    share = by_people.weight(scale) / all_labels
    people = (gold.right - gold.machine_right).weight(scale) / by_people.weight(scale)
    machines = gold.machine_right_everywhere.weight(scale) / all_labels
    return share * people + (1 - share) * machines


def answers_wanted(setup: Setup) -> str | None:
    """The answers file of the person on the ladder; empty if none is named, None for no person."""
    asked = [setup.policy.annotators[name] for tier in setup.policy.tiers for name in tier.ask]
    people = [spec for spec in asked if isinstance(spec, HumanSpec)]
    return people[0].answers or "" if people else None
