"""A chain in the style of FrugalGPT (Chen, Zaharia, Zou, arXiv 2305.05176).

One model a tier, cheap to dear, at most three. A learned scorer, one for each place in a chain,
looks at the label that the last model named and at whether those before agree; the label is
delivered where the score reaches a threshold. Chain and thresholds are those most accurate on
gold within the mean budget, by a grid of quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.peers.rows import Decided, Rows, most_accurate
from stepladder.types.arrays import Flags, Floats

DEPTH = 3
"""Models of a chain, at most, as in the paper."""
LEVELS = 24
"""Quantiles of a score that are tried as thresholds."""
ALWAYS, NEVER = -1.0, 2.0
"""Thresholds that every score reaches, and none."""

Chain = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Scorer:
    """How likely the last model of a chain is right."""

    chain: Chain
    question: bool
    """Whether it looks at the question too."""
    model: Any
    """A logistic regression, or the only outcome that gold shows (0 or 1)."""

    @classmethod
    def learnt(cls, chain: Chain, gold: Rows, *, question: bool) -> _Scorer:
        """From gold."""
        right = gold.right[:, chain[-1]]
        if right.all() or not right.any():
            return cls(chain, question, float(right[0]))
        empty = cls(chain, question, None)
        return cls(chain, question, LogisticRegression(C=1.0).fit(empty._features(gold), right))

    def score(self, rows: Rows) -> Floats:
        """0 to 1 (n)."""
        if isinstance(self.model, float):
            return np.full(len(rows), self.model)
        return np.asarray(self.model.predict_proba(self._features(rows))[:, 1], dtype=np.float64)

    def _features(self, rows: Rows) -> Floats:
        said = rows.votes[:, self.chain[-1], None]
        parts: list[Flags] = [said == np.arange(rows.labels)]
        parts.append(rows.votes[:, self.chain[:-1]] == said)
        if self.question:
            parts.append(rows.question[:, None] == np.arange(rows.questions))
        return np.concatenate(parts, axis=1).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Chained:
    """A chain with its thresholds."""

    chain: Chain
    scorers: Sequence[_Scorer]
    """Of all places but the last."""
    thresholds: tuple[float, ...]

    def decide(self, rows: Rows) -> Decided:
        label, usd = rows.votes[:, self.chain[0]].copy(), rows.usd[:, self.chain[0]].copy()
        waiting = np.ones(len(rows), dtype=bool)
        steps = zip(self.chain[1:], self.scorers, self.thresholds, strict=True)
        for model, scorer, threshold in steps:
            waiting &= scorer.score(rows) < threshold
            label[waiting] = rows.votes[waiting, model]
            usd[waiting] += rows.usd[waiting, model]
        return Decided(label, usd)


@dataclass(frozen=True, slots=True)
class Frugal:
    """The best chain with its thresholds, on gold."""

    name: str
    question: bool = False
    """Whether scorers see the question; the paper's see the whole text."""
    dear: bool = False
    """Whether the dearer of chains equal on gold is taken, as our search does."""

    def policies(self, gold: Rows, budgets: Floats) -> Sequence[_Chained]:
        """Every chain and threshold is tried once; each budget then takes its best."""
        chains = [
            chain
            for size in range(1, DEPTH + 1)
            for chain in combinations(range(gold.models), size)
        ]
        question = self.question and gold.questions > 1
        scorers = {
            chain: _Scorer.learnt(chain, gold, question=question)
            for chain in chains
            if len(chain) < min(DEPTH, gold.models)
        }
        scores = {chain: scorer.score(gold) for chain, scorer in scorers.items()}
        tried = [_Tried.of(chain, gold, scores) for chain in chains]
        accuracy, usd = np.concatenate([one.figures for one in tried], axis=1)
        starts = np.cumsum([0, *(one.figures.shape[1] for one in tried)])
        found = []
        for budget in budgets.tolist():
            best = most_accurate(accuracy, usd, budget, dear=self.dear)
            place = int(np.searchsorted(starts, best, side="right")) - 1
            chain = tried[place].chain
            before = [scorers[chain[:size]] for size in range(1, len(chain))]
            thresholds = tried[place].thresholds(best - int(starts[place]))
            found.append(_Chained(chain, before, thresholds))
        return found


@dataclass(frozen=True, eq=False)
class _Tried:
    """One chain on gold, for all its thresholds together (l)."""

    chain: Chain
    grids: Sequence[Floats]
    figures: Floats
    """Accuracy and mean cost (2 x l)."""

    @classmethod
    def of(cls, chain: Chain, gold: Rows, scores: Mapping[Chain, Floats]) -> _Tried:
        """Threshold by threshold, who goes on adds what the next model changes."""
        models = list(chain)
        by_place = np.stack([gold.right[:, models], gold.usd[:, models].cumsum(axis=1)])
        own = [scores[chain[:size]] for size in range(1, len(chain))]
        grids = [_grid(score) for score in own]
        figures, waiting = by_place[:, :, 0].mean(axis=1)[:, None], np.ones((len(gold), 1))
        for place, (score, grid) in enumerate(zip(own, grids, strict=True), start=1):
            below = (score[:, None] < grid).astype(np.float64)
            waiting = (waiting[:, :, None] * below[:, None, :]).reshape(len(gold), -1)
            gain = (by_place[:, :, place] - by_place[:, :, place - 1]) @ waiting / len(gold)
            figures = (figures[:, :, None] + gain.reshape(2, -1, len(grid))).reshape(2, -1)
        return cls(chain, grids, figures)

    def thresholds(self, number: int) -> tuple[float, ...]:
        """Of the choice with that number."""
        if not self.grids:
            return ()
        at = np.unravel_index(number, [len(grid) for grid in self.grids])
        return tuple(float(grid[place]) for grid, place in zip(self.grids, at, strict=True))


def _grid(score: Floats) -> Floats:
    quantiles = np.unique(np.quantile(score, np.linspace(0.0, 1.0, LEVELS)))
    return np.concatenate([[ALWAYS], quantiles, [NEVER]])
