"""Shares over splits: tables and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.promises.rows import Delivered
from stepladder.types.arrays import Floats

Found = Mapping[tuple[str, float], Delivered]
"""By method and target, what one split came to."""


@dataclass(frozen=True, eq=False)
class Summary:
    """One method at one target, over splits (n)."""

    accepted: Floats
    """Share accepted (n)."""
    broken: Floats
    """1 where the target is passed (n)."""

    @classmethod
    def of(cls, splits: Sequence[Found], method: str, target: float) -> Summary:
        """Of those splits on which the method was tried."""
        found = [split[method, target] for split in splits if (method, target) in split]
        return cls(
            np.array([one.accepted for one in found], dtype=np.float64),
            np.array([one.broken for one in found], dtype=np.float64),
        )

    @property
    def over(self) -> float:
        """Share of splits over the target."""
        return float(self.broken.mean())

    @property
    def cell(self) -> str:
        """Share accepted, and share of splits over the target with its standard error."""
        error = (self.over * (1 - self.over) / len(self.broken)) ** 0.5
        return f"{self.accepted.mean():.3f}  {self.over:.3f} ±{error:.3f}"

    def lead(self, other: Summary) -> tuple[float, float]:
        """How much more is accepted than by another method, and its standard error, paired."""
        difference = self.accepted[: len(other.accepted)] - other.accepted[: len(self.accepted)]
        return float(difference.mean()), standard_error(difference)


def standard_error(values: Floats) -> float:
    """Of the mean; splits share rows, so that it is rather too small."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")


def most_over(risk: float, splits: int) -> float:
    """Up to which share of splits over the target the promise can be true: two standard errors."""
    return float(risk + 2 * np.sqrt(risk * (1 - risk) / splits))


def print_table(splits: Sequence[Found], methods: Sequence[str], targets: Sequence[float]) -> None:
    """A line for each method, a column for each target."""
    widest = max(len(method) for method in methods) + 12
    print("  " + " " * widest + "".join(f"{f'{target:.0%}':>23}" for target in targets))
    for method in methods:
        found = [Summary.of(splits, method, target) for target in targets]
        tried = len(found[0].accepted)
        if not tried:
            continue
        name = method if tried == len(splits) else f"{method}, {tried} splits"
        print(f"  {name:<{widest}}" + "".join(f"{one.cell:>23}" for one in found), flush=True)
