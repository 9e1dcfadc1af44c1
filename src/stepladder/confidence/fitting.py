"""Making a fit from gold: calibrators first, then weights from rows that they did not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from types import MappingProxyType

import numpy as np

from stepladder.confidence.annotator_fitting import Fitted, fit_annotator
from stepladder.confidence.combining import Pool, combine, combine_shared
from stepladder.confidence.fit import Fit, set_name
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.heard import Split, log_prior
from stepladder.confidence.prior import PriorColumns, fit_prior, held_out_prior
from stepladder.confidence.question import fit_question, held_out_question
from stepladder.confidence.vector import Vector
from stepladder.confidence.ways import Evidence
from stepladder.types.arrays import Floats

FORMAT = 3
"""Of a stored fit; another one is fitted anew from the same votes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be fitted."""

    labels: tuple[str, ...]
    """The task's, in their order."""
    annotators: tuple[str, ...]
    """All machines on the ladder."""
    sets: tuple[tuple[str, ...], ...] = ()
    """The sets of annotators that the route can produce."""
    minimum: int = 30
    """Rows of gold below which an annotator is not trusted."""
    seed: int = 0
    """Deals groups to folds."""
    columns: PriorColumns | None = None
    """What a prior may look at; None for no prior."""
    offsets: Mapping[str, Vector] = field(default_factory=lambda: MappingProxyType({}))
    """By annotator: what is taken out of its token log-probabilities."""


def unfitted(wanted: Wanted) -> Fit:
    """The fit before any gold: raw confidence, a uniform prior, and an assumed accuracy."""
    return fit_gold(wanted, ())


def fit_gold(wanted: Wanted, rows: Sequence[GoldRow]) -> Fit:
    """Calibrators for each annotator, and a pool for each set of annotators.

    Pools see calibrated votes of rows that the calibrators were not fitted on
    (five folds, by group): in-sample probabilities would be trusted too much.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # The problems are so small that more threads take five times as long to wait for each other.
    with threadpool_limits(1):
        return _fit_all(wanted, Split(GoldTable(wanted.labels, tuple(rows)), wanted.seed))


def _fit_all(wanted: Wanted, split: Split) -> Fit:
    table = split.table
    fitted = {
        name: fit_annotator(name, split, wanted.minimum, wanted.offsets.get(name))
        for name in wanted.annotators
    }
    trusted = tuple(name for name, one in fitted.items() if one.fit.calibrated)
    terms = _Terms.of(wanted, split) if trusted else _Terms(None, None)
    pools = {
        set_name(names): combine(evidence, wanted.seed)
        for names in wanted.sets
        if set(names) <= set(trusted)
        and (evidence := _evidence(names, fitted, split, terms)) is not None
    }
    shared = _shared(trusted, fitted, split, terms)
    heard = [*pools.values(), *([shared] if shared else [])]
    return Fit(
        labels=wanted.labels,
        rows=len(table),
        log_prior=_prior_of(table if trusted else GoldTable(table.labels, ())),
        unseen=_unseen(table) if trusted else (),
        annotators={name: one.fit for name, one in fitted.items()},
        pools=pools,
        shared=1.0 if shared is None else shared.weights[trusted[0]] * sqrt(len(trusted)),
        shared_question=0.0 if shared is None else shared.question,
        shared_text=0.0 if shared is None else shared.text,
        question=fit_question(table) if any(pool.question for pool in heard) else None,
        text=(
            fit_prior(table, wanted.columns)
            if wanted.columns is not None and any(pool.text for pool in heard)
            else None
        ),
    )


@dataclass(frozen=True, eq=False)
class _Terms:
    """What others than the annotators say of each gold row, held out (n x K)."""

    question: Floats | None
    text: Floats | None

    @classmethod
    def of(cls, wanted: Wanted, split: Split) -> _Terms:
        several = len(set(split.table.questions)) > 1
        return cls(
            held_out_question(split) if several else None,
            None if wanted.columns is None else held_out_prior(split, wanted.columns),
        )


def _evidence(
    names: Sequence[str], fitted: Mapping[str, Fitted], split: Split, terms: _Terms
) -> Evidence | None:
    """The rows that all of them answered; None when those are of fewer than two folds."""
    votes = np.stack([fitted[name].held_out for name in names], axis=1)
    places = np.flatnonzero(~np.isnan(votes).any(axis=(1, 2)))
    if len(set(split.fold[places].tolist())) < 2:
        return None
    return Evidence(
        names=tuple(names),
        votes=votes[places],
        question=None if terms.question is None else terms.question[places],
        text=None if terms.text is None else terms.text[places],
        table=split.table.at(places),
        fold=split.fold[places],
        prior=split.prior[places],
    )


def _shared(
    names: Sequence[str], fitted: Mapping[str, Fitted], split: Split, terms: _Terms
) -> Pool | None:
    """One factor for the sets without a pool of their own, fitted on everybody together."""
    evidence = _evidence(names, fitted, split, terms) if len(names) > 1 else None
    return None if evidence is None else combine_shared(evidence, split.seed)


def _prior_of(table: GoldTable) -> Vector:
    """Uniform without rows."""
    return tuple(float(p) for p in log_prior(table))


def _unseen(table: GoldTable) -> tuple[str, ...]:
    seen = {row.gold for row in table.rows}
    return tuple(label for label in table.labels if label not in seen)
