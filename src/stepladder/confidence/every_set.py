"""A fit with a pool for every set of some annotators, to choose routes by: seconds, not minutes.

As `fitting.fit_gold`, with a weight for each annotator in every set, and without choosing between
ways to pool. Instead, fits of several strengths of smoothing (counting.STRENGTHS) are averaged by
how often each is the best on groups that it did not see; one strength is enough for one question.
Posteriors are averaged, not what is inside: where one strength is wildly sure, another is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from stepladder.confidence.ballots import gives_confidence
from stepladder.confidence.choosing import log_losses
from stepladder.confidence.counting import STRENGTHS, Strength
from stepladder.confidence.fit import Fit
from stepladder.confidence.fitting import Wanted
from stepladder.confidence.folds import group_folds
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.lesson import Lesson
from stepladder.confidence.lesson_fit import Weighed, fit_of, together
from stepladder.confidence.redrawing import best_shares
from stepladder.confidence.set_weights import STEPS, WARM_STEPS, every_weight, pooled_by_set
from stepladder.types.arrays import Floats

DEALS = 2
"""Times that groups are dealt to folds anew, for posteriors that did not see a row's group; once
where an annotator gives a confidence, whose calibration takes most of the time."""
Sets = Sequence[tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class EverySet:
    """What gold taught about all sets."""

    fit: Fit
    """With a pool for each set."""
    sets: tuple[tuple[str, ...], ...]
    """Every set, in the order of the annotators, small ones first; the last one is all."""
    crossed: Floats
    """The posterior of each gold row given all votes, by fits without its group (n x K)."""
    wanted: Wanted
    """What was fitted; without columns where the text did not join."""
    shares: Floats
    """The part of each strength of smoothing (f)."""

    def like_it(self, rows: Sequence[GoldRow]) -> Fit:
        """The same kind of fit from other rows: the same text or none, and the same shares."""
        with threadpool_limits(1):
            table = GoldTable(self.wanted.labels, tuple(rows))
            lesson = Lesson.learn(replace(self.wanted, minimum=2), table)
            text = self.wanted.columns is not None
            rungs = [_Rung.climb(lesson, self.sets, s, text=text) for s in _strengths(table)]
            # Rows of a single question have one strength, whatever the others have.
            shares = self.shares if len(rungs) == len(self.shares) else np.ones(1)
            return together([rung.fit(lesson, self.sets) for rung in rungs], shares)


def all_sets(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Every set of these annotators but the empty one, small ones first."""
    return tuple(s for size in range(1, len(names) + 1) for s in combinations(names, size))


def fit_every_set(wanted: Wanted, rows: Sequence[GoldRow]) -> EverySet:
    """Fit all sets of the annotators wanted; they have to be calibrated, by gold of two labels.

    The text joins where that lowers the loss on groups not seen. Raises ValueError for gold of
    a single group.
    """
    with threadpool_limits(1):
        table, sets = GoldTable(wanted.labels, tuple(rows)), all_sets(wanted.annotators)
        lesson = Lesson.learn(wanted, table)
        ways = [False, True] if lesson.text is not None else [False]
        strengths = _strengths(table)
        rungs = {
            text: [_Rung.climb(lesson, sets, one, text=text) for one in strengths] for text in ways
        }
        crossed = _crossed(wanted, table, sets, [rung for way in ways for rung in rungs[way]])
        by_way = np.split(crossed, len(ways))
        found = [
            _chosen(wanted, lesson, sets, rungs[way], part)
            for way, part in zip(ways, by_way, strict=True)
        ]
        return min(found, key=lambda one: one.loss).every


@dataclass(frozen=True, eq=False)
class _Found:
    every: EverySet
    loss: float
    """Of the crossed posteriors, nats per row."""


def _chosen(
    wanted: Wanted, lesson: Lesson, sets: Sets, rungs: Sequence[_Rung], crossed: Floats
) -> _Found:
    """The strengths averaged; `crossed` are their posteriors (f x s x n x K)."""
    table = lesson.table
    losses = np.stack([_losses(one, table) for one in crossed])
    shares = best_shares(losses, table.groups, table.weight, wanted.seed)
    averaged = np.einsum("f,fnk->nk", shares, crossed[:, -1])
    columns = wanted.columns if rungs[0].text else None
    every = EverySet(
        together([rung.fit(lesson, sets) for rung in rungs], shares),
        tuple(sets),
        averaged,
        replace(wanted, columns=columns),
        shares,
    )
    own = log_losses(np.log(np.maximum(averaged, 1e-12)), table.gold)
    return _Found(every, float(np.average(own, weights=table.weight)))


def _strengths(table: GoldTable) -> Sequence[Strength]:
    return STRENGTHS if len(set(table.questions)) > 1 else STRENGTHS[:1]


def _losses(posteriors: Floats, table: GoldTable) -> Floats:
    """Log loss of each row (n), in the mean over sets (s x n x K)."""
    right = posteriors[:, np.arange(len(table)), table.gold]
    return np.asarray(-np.log(np.maximum(right, 1e-12)).mean(axis=0), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Rung:
    """One strength of smoothing: the weights of each set."""

    strength: Strength
    listened: NDArray[np.bool_]
    """Whether a set listens to a vector (s x w)."""
    near: Floats
    """Where the weights are held (s x w)."""
    weights: Floats
    """s x w."""
    text: bool
    """Whether the text is listened to."""

    @classmethod
    def climb(cls, lesson: Lesson, sets: Sets, strength: Strength, *, text: bool) -> _Rung:
        listened = lesson.listened(sets)
        listened[:, -1] &= text
        near = lesson.near(sets)
        weights = every_weight(lesson.held_out(strength), listened, near, near, STEPS)
        return cls(strength, listened, near, weights, text)

    def fit(self, lesson: Lesson, sets: Sets) -> Fit:
        """As a fit that can be stored."""
        weights = dict(zip(sets, self.weights, strict=True))
        return fit_of(lesson, Weighed(self.strength, weights, self.text))

    def held(self, lesson: Lesson, others: GoldTable, sets: Sets) -> Floats:
        """Posteriors (s x n x K) of rows that the lesson did not see."""
        held_out = lesson.held_out(self.strength)
        weights = every_weight(held_out, self.listened, self.near, self.weights, WARM_STEPS)
        found = pooled_by_set(lesson.vectors(others, self.strength), lesson.log_prior, weights)
        return lesson.where_gold_says_nothing(found, others, sets)


def _crossed(wanted: Wanted, table: GoldTable, sets: Sets, rungs: Sequence[_Rung]) -> Floats:
    """Posteriors by strength, set and row (f x s x n x K), each without the row's group."""
    found = np.zeros((len(rungs), len(sets), len(table), len(table.labels)))
    deals = DEALS if all(_plain(table, name) for name in wanted.annotators) else 1
    for deal in range(deals):
        parts = group_folds(table.groups, wanted.seed + deal)
        if not parts:
            raise ValueError("gold of a single group: nothing can be held out")
        for part in parts:
            held = np.array(sorted(part), dtype=np.int64)
            rest = table.at(np.setdiff1d(np.arange(len(table)), held))
            lesson = Lesson.learn(replace(wanted, seed=wanted.seed + deal, minimum=2), rest)
            others = table.at(held)
            for number, rung in enumerate(rungs):
                found[number][:, held] += rung.held(lesson, others, sets) / deals
    return found


def _plain(table: GoldTable, name: str) -> bool:
    """Whether the annotator only names labels."""
    return not gives_confidence(name, table)
