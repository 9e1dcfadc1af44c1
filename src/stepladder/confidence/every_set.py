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

from stepladder.confidence.choosing import log_losses
from stepladder.confidence.counting import STRENGTHS, Strength
from stepladder.confidence.fit import Beside, Fit, set_name
from stepladder.confidence.fitting import Wanted
from stepladder.confidence.gold import Floats, GoldRow, GoldTable
from stepladder.confidence.lesson import Lesson
from stepladder.confidence.redrawing import best_shares
from stepladder.confidence.set_weights import STEPS, WARM_STEPS, every_weight, pooled_by_set

DEALS = 2
"""Times that groups are dealt to folds anew, for posteriors that did not see a row's group."""


@dataclass(frozen=True, eq=False)
class EverySet:
    """What gold taught about all sets."""

    fit: Fit
    """With a pool for each set."""
    sets: tuple[tuple[str, ...], ...]
    """Every set, in the order of the annotators, small ones first; the last one is all."""
    crossed: Floats
    """The posterior of each gold row given all votes, by fits without its group (n x K)."""


def all_sets(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Every set of these annotators but the empty one, small ones first."""
    return tuple(s for size in range(1, len(names) + 1) for s in combinations(names, size))


def fit_every_set(wanted: Wanted, rows: Sequence[GoldRow]) -> EverySet:
    """Fit all sets of the annotators wanted; they have to be calibrated, by gold of two labels.

    The text joins where that lowers the loss on groups not seen. Raises ValueError for gold of
    a single group.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        found = _fit(replace(wanted, columns=None), rows)
        if wanted.columns is None:
            return found.every
        richer = _fit(wanted, rows)
        return min(found, richer, key=lambda one: one.loss).every


@dataclass(frozen=True, eq=False)
class _Found:
    every: EverySet
    loss: float
    """Of the crossed posteriors, nats per row."""


def _fit(wanted: Wanted, rows: Sequence[GoldRow]) -> _Found:
    table = GoldTable(wanted.labels, tuple(rows))
    sets = all_sets(wanted.annotators)
    whole = Lesson.learn(wanted, table)
    several = len(set(table.questions)) > 1
    strengths = STRENGTHS if several else STRENGTHS[:1]
    rungs = [_Rung.climb(whole, sets, strength) for strength in strengths]
    crossed = _crossed(wanted, table, sets, rungs)
    losses = np.stack([_losses(one, table) for one in crossed])
    shares = best_shares(losses, table.groups, table.weight, wanted.seed)
    averaged = np.einsum("f,fnk->nk", shares, crossed[:, -1])
    every = EverySet(_together(wanted, whole, sets, rungs, shares), sets, averaged)
    own = log_losses(np.log(np.maximum(averaged, 1e-12)), table.gold)
    return _Found(every, float(np.average(own, weights=table.weight)))


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

    @classmethod
    def climb(cls, lesson: Lesson, sets: Sequence[tuple[str, ...]], strength: Strength) -> _Rung:
        listened = lesson.listened(sets)
        near = lesson.near(sets)
        weights = every_weight(lesson.held_out(strength), listened, near, near, STEPS)
        return cls(strength, listened, near, weights)

    def held(self, lesson: Lesson, others: GoldTable) -> Floats:
        """Posteriors (s x n x K) of rows that the lesson did not see."""
        held_out = lesson.held_out(self.strength)
        weights = every_weight(held_out, self.listened, self.near, self.weights, WARM_STEPS)
        found = pooled_by_set(lesson.vectors(others, self.strength), lesson.log_prior, weights)
        return lesson.where_gold_says_nothing(found, others)


def _crossed(
    wanted: Wanted, table: GoldTable, sets: Sequence[tuple[str, ...]], rungs: Sequence[_Rung]
) -> Floats:
    """Posteriors by strength, set and row (f x s x n x K), each without the row's group."""
    from stepladder.confidence.folds import group_folds

    found = np.zeros((len(rungs), len(sets), len(table), len(table.labels)))
    for deal in range(DEALS):
        parts = group_folds(table.groups, wanted.seed + deal)
        if not parts:
            raise ValueError("gold of a single group: nothing can be held out")
        for part in parts:
            held = np.array(sorted(part), dtype=np.int64)
            rest = table.at(np.setdiff1d(np.arange(len(table)), held))
            lesson = Lesson.learn(replace(wanted, seed=wanted.seed + deal, minimum=2), rest)
            others = table.at(held)
            for number, rung in enumerate(rungs):
                found[number][:, held] += rung.held(lesson, others) / DEALS
    return found


def _together(
    wanted: Wanted,
    lesson: Lesson,
    sets: Sequence[tuple[str, ...]],
    rungs: Sequence[_Rung],
    shares: Floats,
) -> Fit:
    """One fit out of all strengths: the one with the largest share, the others beside it."""
    fits = [_fit_of(wanted, lesson, sets, rung) for rung in rungs]
    first = int(np.argmax(shares))
    beside = tuple(
        Beside(share=float(share), fit=fit)
        for number, (share, fit) in enumerate(zip(shares, fits, strict=True))
        if number != first and share > 0
    )
    return fits[first].model_copy(update={"beside": beside})


def _fit_of(wanted: Wanted, lesson: Lesson, sets: Sequence[tuple[str, ...]], rung: _Rung) -> Fit:
    table = lesson.table
    pools = {
        set_name(names): lesson.pool(names, weights, len(table))
        for names, weights in zip(sets, rung.weights, strict=True)
    }
    seen = {row.gold for row in table.rows}
    return Fit(
        labels=wanted.labels,
        rows=len(table),
        log_prior=tuple(float(p) for p in lesson.log_prior),
        unseen=tuple(label for label in wanted.labels if label not in seen),
        annotators={name: lesson.annotator(name, rung.strength) for name in wanted.annotators},
        pools=pools,
        question=lesson.question_term(rung.strength),
        text=lesson.text,
    )
