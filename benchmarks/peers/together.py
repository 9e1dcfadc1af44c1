"""The cheapest models together: majority, and Dawid and Skene's way to weigh them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.peers.rows import SILENT, SLACK, Decided, Rows
from stepladder.types.arrays import Floats, Numbers

STEPS = 50
"""Of expectation and maximisation."""
ONCE = 1.0
"""Pseudo-count of every vote given every right label."""


@dataclass(frozen=True, slots=True)
class _MajorityOf:
    """The first so many models; of labels that tie, the dearest model's."""

    size: int

    def decide(self, rows: Rows) -> Decided:
        said = _said(rows, self.size)
        # A power of two each, so that a dearer model outweighs all cheaper ones, in a tie only.
        weight = 1.0 + 1e-3 * 2.0 ** np.arange(self.size)
        score = np.einsum("nmk,m->nk", said, weight)
        label = np.where(score.any(axis=1), score.argmax(axis=1), SILENT)
        return Decided(label, _usd(rows, self.size))


@dataclass(frozen=True, slots=True)
class Majority:
    """As many of the cheapest models, within the budget, as are most accurate on gold."""

    name: str = "majority"

    def policies(self, gold: Rows, budgets: Floats) -> Sequence[_MajorityOf]:
        """Fewer models where more are not more often right."""
        sizes = range(1, gold.models + 1)
        right = [(_MajorityOf(size).decide(gold).label == gold.gold).mean() for size in sizes]
        most = [_affordable(gold, budget) for budget in budgets.tolist()]
        return [_MajorityOf(1 + int(np.argmax(right[:size]))) for size in most]


@dataclass(frozen=True, eq=False)
class _DawidSkeneOf:
    """The first so many models; gold is clamped, the rows to be labelled take part."""

    gold: Rows
    size: int

    @cached_property
    def _known(self) -> Floats:
        return np.asarray(np.eye(self.gold.labels)[self.gold.gold], dtype=np.float64)

    def decide(self, rows: Rows) -> Decided:
        said = np.concatenate([_said(self.gold, self.size), _said(rows, self.size)])
        counts = said[len(self.gold) :].sum(axis=1) + 1e-3
        guess = counts / counts.sum(axis=1, keepdims=True)
        for _ in range(STEPS):
            guess = self._step(said, np.concatenate([self._known, guess]))
        return Decided(np.asarray(guess.argmax(axis=1), dtype=np.int64), _usd(rows, self.size))

    def _step(self, said: Floats, belief: Floats) -> Floats:
        """Posteriors of the rows without gold, by matrices from what is believed of all."""
        table = np.einsum("ng,nmk->mgk", belief, said) + ONCE
        table /= table.sum(axis=2, keepdims=True)
        score = np.log(belief.mean(axis=0)) + np.einsum("nmk,mgk->ng", said, np.log(table))
        score = score[len(self.gold) :]
        lifted = np.exp(score - score.max(axis=1, keepdims=True))
        return np.asarray(lifted / lifted.sum(axis=1, keepdims=True), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """As many of the cheapest models as the budget allows."""

    name: str = "Dawid-Skene"

    def policies(self, gold: Rows, budgets: Floats) -> Sequence[_DawidSkeneOf]:
        """One policy for all budgets that allow the same models."""
        by_size = [_DawidSkeneOf(gold, size) for size in range(1, gold.models + 1)]
        return [by_size[_affordable(gold, budget) - 1] for budget in budgets.tolist()]


def _affordable(gold: Rows, budget: float) -> int:
    """How many of the cheapest models the budget allows, at least one."""
    together = np.cumsum(gold.usd.mean(axis=0))
    return max(1, int((together <= budget * SLACK).sum()))


def _said(rows: Rows, size: int) -> Floats:
    """1 at the label that each of the first models named (n x size x K)."""
    votes: Numbers = rows.votes[:, :size, None]
    return np.asarray(votes == np.arange(rows.labels), dtype=np.float64)


def _usd(rows: Rows, size: int) -> Floats:
    return np.asarray(rows.usd[:, :size].sum(axis=1), dtype=np.float64)
