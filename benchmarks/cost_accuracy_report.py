"""Tables of accuracy by cost, and what the goals say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.cost_accuracy_ours import Outcome
from benchmarks.cost_accuracy_recorded import SHARES, Recorded
from stepladder.confidence.gold import Floats

OURS, ORACLE = "ours", "oracle"
SHOWN = len(SHARES)
"""Budgets before those of the grid."""
POINTS = (*(f"{share:.0%}" for share in SHARES), "area")
Splits = Sequence[Mapping[str, Outcome]]
"""By split, the outcome of every method."""
Reference = Mapping[tuple[str, str], tuple[float, float, float, float]]


@dataclass(frozen=True, eq=False)
class Method:
    """One method on all splits of a recording."""

    accuracy: Floats
    """By split and budget (s x b)."""
    usd: Floats
    """The same."""
    budgets: Floats
    seconds: float

    @classmethod
    def of(cls, name: str, splits: Splits, budgets: Floats) -> Method:
        """From all splits."""
        found = [split[name] for split in splits]
        return cls(
            np.stack([one.accuracy for one in found]),
            np.stack([one.usd for one in found]),
            budgets,
            float(np.mean([one.seconds for one in found])),
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


def report(recorded: Recorded, splits: Splits, reference: Reference) -> dict[str, Leads]:
    """Print both tables of one recording; ours less each peer comes back."""
    methods = {name: Method.of(name, splits, recorded.budgets) for name in splits[0]}
    best, mean = recorded.best, recorded.each_usd.mean(axis=0)
    print(f"\n{recorded.name}: {len(recorded.rows)} rows, {len(splits)} splits; by cost:")
    for name, accuracy, usd in zip(recorded.names, recorded.accuracy, mean, strict=True):
        mark = ", the best single model" if name == recorded.names[best] else ""
        print(f"  {name}: {accuracy:.4f} at {usd * 1e6:.1f} USD per million rows{mark}")
    heads = ("accuracy at", "another program", "spent / budget", "at realised cost")
    print(f"  {'':24}" + "".join(f" | {head:27}" for head in heads) + " | seconds")
    print(f"  {'':24}" + "".join(f" | {_cells(POINTS)}" for _ in heads) + " |")
    for name, method in methods.items():
        print(f"  {name:24} | " + " | ".join(_columns(recorded.name, name, method, reference)))
    peers = [name for name in methods if name not in {OURS, ORACLE}]
    leads = {name: Leads.of(methods[OURS], methods[name]) for name in peers}
    _print_leads(leads)
    return leads


def _columns(recording: str, name: str, method: Method, reference: Reference) -> Iterator[str]:
    known = reference.get((recording, name))
    yield _cells([f"{one:.4f}" for one in method.points.mean(axis=0)])
    yield _cells([""] * len(POINTS) if known is None else [f"{one:.4f}" for one in known])
    yield _cells([f"{one:.2f}" for one in method.spent])
    yield _cells([f"{one:.4f}" for one in method.realised.mean(axis=0)])
    yield f"{method.seconds:7.2f}"


def _cells(values: Sequence[str]) -> str:
    return " ".join(f"{value:>6}" for value in values)


def _print_leads(leads: Mapping[str, Leads]) -> None:
    heads = (*POINTS, "area at realised", "worst of all budgets")
    print("\n  ours less each, paired: + above, * below by more than one standard error")
    print(f"  {'':24}" + "".join(f" {head:>17}" for head in heads[:-1]) + f"  {heads[-1]}")
    for name, one in leads.items():
        cells = "".join(f" {lead!s:>17}" for lead in (*one.points, one.realised))
        print(f"  {name:24}{cells} {one.worst!s:>17} at {one.worst_at:.0%}")


def verdicts(leads: Mapping[str, Mapping[str, Leads]]) -> Iterator[str]:
    """What the goals say, peer by peer, over all recordings; clearly: by one standard error."""
    for peer in next(iter(leads.values())):
        found = {recording: one[peer] for recording, one in leads.items()}
        above = [name for name, one in found.items() if one.area.clear]
        said = (
            _unless([name for name, one in found.items() if one.area.mean < 0], "area below"),
            f"clearly above on {', '.join(above)}" if above else "clearly above nowhere: MISSED",
            _unless([n for n, one in found.items() if not one.nowhere_below], "clearly below"),
        )
        yield f"{peer.strip()}: {'; '.join(said)}"


def _unless(where: Sequence[str], bad: str) -> str:
    return f"{bad} on {', '.join(where)}: MISSED" if where else f"nowhere {bad}"
