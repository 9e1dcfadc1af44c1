"""What an oracle answers: one entry per text, in the order of the texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from stepladder.types import Decision, Status, total


@dataclass(frozen=True, slots=True)
class Labels:
    """The decisions for n texts; arrays have n entries, in the order of the texts."""

    decisions: tuple[Decision, ...]
    """One per text."""
    classes: tuple[str, ...]
    """The task's labels, in the order of `proba`'s columns."""

    @property
    def y(self) -> NDArray[np.object_]:
        """The labels; None where there is none, so that a missing one is never a class."""
        return np.array([decision.label for decision in self.decisions], dtype=object)

    @property
    def ok(self) -> NDArray[np.bool_]:
        """Where there is a label: `texts[ok]`, `y[ok]` go into training."""
        return np.array([d.status is Status.LABELLED for d in self.decisions], dtype=bool)

    @property
    def status(self) -> tuple[Status, ...]:
        """Labelled, pending, abstained, failed or over_budget."""
        return tuple(decision.status for decision in self.decisions)

    @property
    def proba(self) -> NDArray[np.float64]:
        """n x K probabilities: the posterior; all on the label where a person or gold gave it.

        Rows without any vote are NaN throughout, and `ok` is False there.
        """
        return np.array([self._row(decision) for decision in self.decisions]).reshape(
            len(self.decisions), len(self.classes)
        )

    @property
    def cost(self) -> tuple[Decimal, ...]:
        """USD by text, exact."""
        return tuple(decision.cost.decimal for decision in self.decisions)

    @property
    def spend(self) -> Decimal:
        """USD for all texts, exact."""
        return total(decision.cost for decision in self.decisions).decimal

    def __len__(self) -> int:
        return len(self.decisions)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions)

    def __getitem__(self, index: int) -> Decision:
        return self.decisions[index]

    def _row(self, decision: Decision) -> Sequence[float]:
        if decision.label is not None and decision.probability is None:
            return [float(name == decision.label) for name in self.classes]
        if decision.posterior is None:
            return [float("nan")] * len(self.classes)
        shares = decision.posterior.by_label()
        return [shares[name] for name in self.classes]
