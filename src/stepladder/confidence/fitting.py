"""Making a fit from gold: calibrators first, then weights from rows that they did not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence.annotator import AnnotatorFit, fit_annotator
from stepladder.confidence.fit import Fit, GoldRow, set_name
from stepladder.confidence.folds import group_folds
from stepladder.confidence.pool import equal_weights, fit_shared_weight, fit_weights
from stepladder.confidence.vector import Vector

PRIOR_SMOOTHING = 1.0
"""Pseudo-counts per label in the prior."""


def unfitted(labels: Sequence[str], annotators: Sequence[str]) -> Fit:
    """The fit before any gold: raw confidence, a uniform prior, and an assumed accuracy."""
    return fit_gold(labels, annotators, (), rows=(), minimum=1, seed=0)


def fit_gold(
    labels: Sequence[str],
    annotators: Sequence[str],
    sets: Sequence[Sequence[str]],
    *,
    rows: Sequence[GoldRow],
    minimum: int,
    seed: int,
) -> Fit:
    """Calibrators for each annotator and pool weights for each set of annotators.

    Weights see calibrated votes of rows that the calibrators were not fitted on
    (five folds, by group): in-sample probabilities would be trusted too much.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # The problems are so small that more threads take five times as long to wait for each other.
    with threadpool_limits(1):
        return _fit_all(labels, annotators, sets, rows, minimum, seed)


def _fit_all(
    labels: Sequence[str],
    annotators: Sequence[str],
    sets: Sequence[Sequence[str]],
    rows: Sequence[GoldRow],
    minimum: int,
    seed: int,
) -> Fit:
    log_prior = _log_prior(labels, rows if len(rows) >= minimum else ())
    fits = {name: _fit_one(labels, name, rows, minimum) for name in annotators}
    held_out = _held_out_vectors(labels, annotators, rows, minimum, seed, log_prior)
    gold = np.array([labels.index(row.gold) for row in rows], dtype=np.int64)
    weights = {
        set_name(names): dict(
            zip(names, _weights_of(names, held_out, gold, log_prior), strict=True)
        )
        for names in sets
        if len(names) > 1 and all(fits[name].calibrated for name in names)
    }
    everybody = [name for name in annotators if fits[name].calibrated]
    return Fit(
        labels=tuple(labels),
        log_prior=log_prior,
        annotators=fits,
        weights=weights,
        shared=_shared_weight(everybody, held_out, gold, log_prior),
    )


def _log_prior(labels: Sequence[str], rows: Sequence[GoldRow]) -> Vector:
    counts = [PRIOR_SMOOTHING + sum(row.gold == label for row in rows) for label in labels]
    return tuple(log(count / sum(counts)) for count in counts)


def _fit_one(
    labels: Sequence[str], name: str, rows: Sequence[GoldRow], minimum: int
) -> AnnotatorFit:
    answered = [row for row in rows if name in row.votes]
    return fit_annotator(
        labels, [row.votes[name] for row in answered], [row.gold for row in answered], minimum
    )


def _held_out_vectors(
    labels: Sequence[str],
    annotators: Sequence[str],
    rows: Sequence[GoldRow],
    minimum: int,
    seed: int,
    log_prior: Vector,
) -> dict[str, list[Vector | None]]:
    """For each annotator, each row's vector from a fit that did not see the row's group."""
    found: dict[str, list[Vector | None]] = {name: [None] * len(rows) for name in annotators}
    for held in group_folds([row.group for row in rows], seed):
        kept = [row for i, row in enumerate(rows) if i not in held]
        for name in annotators:
            fit = _fit_one(labels, name, kept, max(2, minimum * len(kept) // max(1, len(rows))))
            for i in held:
                vote = rows[i].votes.get(name)
                found[name][i] = fit.vector(vote, labels, log_prior) if vote else None
    return found


@dataclass(frozen=True, slots=True)
class _Stack:
    """Rows that a whole set of annotators answered: vectors (n, m, K) and gold numbers (n)."""

    vectors: NDArray[np.float64]
    gold: NDArray[np.int64]


def _stack(
    names: Sequence[str], vectors: Mapping[str, Sequence[Vector | None]], gold: NDArray[np.int64]
) -> _Stack:
    complete = [i for i in range(len(gold)) if all(vectors[n][i] is not None for n in names)]
    return _Stack(np.array([[vectors[n][i] for n in names] for i in complete]), gold[complete])


def _weights_of(
    names: Sequence[str],
    vectors: Mapping[str, Sequence[Vector | None]],
    gold: NDArray[np.int64],
    log_prior: Vector,
) -> Vector:
    stack = _stack(names, vectors, gold)
    if not len(stack.gold):
        return equal_weights(len(names))
    return fit_weights(log_prior, stack.vectors, stack.gold)


def _shared_weight(
    names: Sequence[str],
    vectors: Mapping[str, Sequence[Vector | None]],
    gold: NDArray[np.int64],
    log_prior: Vector,
) -> float:
    stack = _stack(names, vectors, gold)
    if len(names) < 2 or not len(stack.gold):
        return 1.0
    return fit_shared_weight(log_prior, stack.vectors, stack.gold)
