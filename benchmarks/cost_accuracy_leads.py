"""Methods over all splits, and by how much ours leads, paired by split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.cost_accuracy_ours import Outcome
from benchmarks.cost_accuracy_recorded import SHARES
from stepladder.types.arrays import Floats

SHOWN = len(SHARES)
"""Budgets before those of the grid."""
POINTS = (*(f"{share:.0%}" for share in SHARES), "area")
Splits = Sequence[Mapping[str, Outcome]]
"""By split, the outcome of every method."""


@dataclass(frozen=True, eq=False)
class Method:
    """One method on all splits of a recording."""

    accuracy: Floats
    """By split and budget (s x b)."""
    usd: Floats
    """The same."""
    budgets: Floats
    """USD per row (b)."""
    seconds: float
    """Of a split, the median: the first one of a process loads modules too."""

    @classmethod
    def of(cls, name: str, splits: Splits, budgets: Floats) -> Method:
        """From all splits."""
        found = [split[name] for split in splits]
        return cls(
            np.stack([one.accuracy for one in found]),
            np.stack([one.usd for one in found]),
            budgets,
            float(np.median([one.seconds for one in found])),
        )

    @property
    def points(self) -> Floats:
        """Accuracy at POINTS by split (s x 4)."""
        return _points(self.accuracy)

    @property
    def realised(self) -> Floats:
        """The same where the budget is what was really spent, along the split's own curve.

        Thresholds that spend a budget on gold spend a little more or less on other rows.
        """
        curves = zip(self.usd[:, SHOWN:], self.accuracy[:, SHOWN:], strict=True)
        found = [np.interp(self.budgets, *_by_cost(usd, accuracy)) for usd, accuracy in curves]
        return _points(np.stack(found))

    @property
    def spent(self) -> Floats:
        """Realised spend over budget at POINTS, in the mean (4)."""
        return np.asarray(_points(self.usd / self.budgets).mean(axis=0))


def _points(by_budget: Floats) -> Floats:
    area = by_budget[:, SHOWN:].mean(axis=1)
    return np.column_stack([by_budget[:, :SHOWN], area])


def _by_cost(usd: Floats, accuracy: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(usd, kind="stable")
    return usd[order], accuracy[order]


@dataclass(frozen=True, slots=True)
class Lead:
    """How far ours is above a peer: paired by split."""

    mean: float
    error: float
    """Standard error over splits; they share rows, so that it is rather too small."""

    @classmethod
    def of(cls, ours: Floats, theirs: Floats) -> Lead:
        """From the accuracies of both on the same splits."""
        difference = ours - theirs
        spread = float(difference.std(ddof=1)) / len(difference) ** 0.5
        return cls(float(difference.mean()), spread)

    @property
    def clear(self) -> bool:
        """Above by more than one standard error."""
        return self.mean > self.error

    @property
    def below(self) -> bool:
        """Below by more than one standard error."""
        return self.mean < -self.error

    def __str__(self) -> str:
        mark = "*" if self.below else "+" if self.clear else " "
        return f"{self.mean:+.4f} ±{self.error:.4f}{mark}"


@dataclass(frozen=True, slots=True)
class Leads:
    """Ours less one peer on one recording."""

    points: tuple[Lead, ...]
    """At POINTS."""
    realised: Lead
    """Of the area at realised cost."""
    worst: Lead
    """Of all budgets, the one where it is most below, in the light of its error."""
    worst_at: float
    """That budget, as a share of the best single model's cost."""
    nowhere_below: bool
    """At no budget below by more than one standard error."""

    @classmethod
    def of(cls, ours: Method, peer: Method) -> Leads:
        """Compare at every budget."""
        by_budget = [
            Lead.of(one, other) for one, other in zip(ours.accuracy.T, peer.accuracy.T, strict=True)
        ]
        worst = min(range(len(by_budget)), key=lambda at: by_budget[at].mean + by_budget[at].error)
        return cls(
            points=tuple(
                Lead.of(one, other) for one, other in zip(ours.points.T, peer.points.T, strict=True)
            ),
            realised=Lead.of(ours.realised[:, -1], peer.realised[:, -1]),
            worst=by_budget[worst],
            worst_at=float(ours.budgets[worst] / ours.budgets[-1]),
            nowhere_below=not any(lead.below for lead in by_budget),
        )

    @property
    def area(self) -> Lead:
        """Mean accuracy over the grid."""
        return self.points[-1]
