"""Single models, a random mix of two, and the oracle that no policy can beat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.peers.rows import SLACK, Decided, Rows, most_accurate
from stepladder.types.arrays import Floats, Numbers


@dataclass(frozen=True, slots=True)
class _Mixed:
    """Some rows at random go to the second model, all others to the first."""

    first: int
    second: int
    share: float
    """Of the second model."""

    def decide(self, rows: Rows) -> Decided:
        second = np.random.default_rng(0).random(len(rows)) < self.share
        return _by(np.where(second, self.second, self.first), rows)


@dataclass(frozen=True, slots=True)
class Single:
    """The most accurate model on gold whose mean cost is within the budget."""

    name: str = "single model"

    def policies(self, gold: Rows, budgets: Floats) -> Sequence[_Mixed]:
        """One model for all rows."""
        accuracy, usd = gold.right.mean(axis=0), gold.usd.mean(axis=0)
        best = [most_accurate(accuracy, usd, budget) for budget in budgets.tolist()]
        return [_Mixed(one, one, 0.0) for one in best]


@dataclass(frozen=True, slots=True)
class Mix:
    """Two models at random, in the share that spends the budget: neighbours on the hull."""

    name: str = "mix of two"

    def policies(self, gold: Rows, budgets: Floats) -> Sequence[_Mixed]:
        """The best pair; of models that are alike, the dearer ones."""
        accuracy, usd = gold.right.mean(axis=0), gold.usd.mean(axis=0)

        def worth(pair: _Mixed) -> tuple[float, int, int]:
            gain = pair.share * (accuracy[pair.second] - accuracy[pair.first])
            return float(accuracy[pair.first] + gain), pair.first, pair.second

        return [max(_pairs(usd, budget), key=worth) for budget in budgets.tolist()]


def _pairs(usd: Floats, budget: float) -> Iterator[_Mixed]:
    """Every pair with the share of its second model that the budget allows."""
    cheapest = int(usd.argmin())
    yield _Mixed(cheapest, cheapest, 0.0)
    for first in np.flatnonzero(usd <= budget * SLACK).tolist():
        for second in range(len(usd)):
            more = float(usd[second] - usd[first])
            share = (budget - float(usd[first])) / more if more > 0 else 0.0
            yield _Mixed(first, second, min(1.0, max(0.0, share)))


@dataclass(frozen=True, slots=True)
class Oracle:
    """The cheapest model that is right, or the cheapest of all where none is: it sees the gold."""

    name: str = "oracle"

    def policies(self, gold: Rows, budgets: Floats) -> Sequence[Oracle]:  # noqa: ARG002
        """The same for every budget."""
        return [self] * len(budgets)

    def decide(self, rows: Rows) -> Decided:
        """Ask the model that will be right."""
        return _by(np.asarray(rows.right.argmax(axis=1), dtype=np.int64), rows)


def _by(model: Numbers, rows: Rows) -> Decided:
    """Each row by one model (n)."""
    every = np.arange(len(rows))
    return Decided(rows.votes[every, model], rows.usd[every, model])
