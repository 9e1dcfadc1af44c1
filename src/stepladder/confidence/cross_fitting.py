"""Everything that gold teaches, learnt anew without each fold, so that its rows can judge it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from stepladder.confidence.aggregator import Aggregator
from stepladder.confidence.annotator import Untrusted
from stepladder.confidence.annotator_fitting import untrusted
from stepladder.confidence.fit import Fit
from stepladder.confidence.fitting import Wanted, fit_gold
from stepladder.confidence.folds import group_folds
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.vector import softmax
from stepladder.types.arrays import Floats, Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """One part of the gold, and what was learnt from the others."""

    learnt: Numbers
    """Places that the fit has seen."""
    held: Numbers
    """Places that it has not."""
    fit: Fit


@dataclass(frozen=True, slots=True, eq=False)
class CrossFitted:
    """Gold rows, each with a fit that saw nothing of its group."""

    table: GoldTable
    folds: tuple[Fold, ...]

    def posteriors(self, of: Callable[[Fit, GoldRow], tuple[float, ...]]) -> Floats:
        """What `of` makes of each row (n x K) by a fit that did not see it."""
        found = np.zeros((len(self.table), len(self.table.labels)))
        for fold in self.folds:
            found[fold.held] = [of(fold.fit, self.table.rows[place]) for place in fold.held]
        return found

    def pooled(self, names: frozenset[str]) -> Floats:
        """The posteriors (n x K) of these annotators' votes; the prior where all are silent."""
        return self.posteriors(lambda fit, row: pooled_votes(fit, row, names))

    def aggregated(self, aggregator: Aggregator) -> Floats:
        """Another way's posteriors (n x K), learnt on the same rows; votes held out are seen."""
        found = np.zeros((len(self.table), len(self.table.labels)))
        for fold in self.folds:
            held = self.table.at(fold.held).rows
            fitted = aggregator.fit(self.table.at(fold.learnt), held)
            found[fold.held] = [fitted.posterior(list(r.votes.values()), r.candidate) for r in held]
        return found


def problem_with(table: GoldTable, minimum: int) -> Untrusted | None:
    """Why this gold can judge nothing; None when it can, as far as that is known beforehand."""
    return untrusted(table, minimum, [np.arange(len(table))])


def problem_of(crossed: CrossFitted, fit: Fit) -> Untrusted | None:
    """Why these folds say nothing of a fit: theirs are not trusted where it is; None if they do."""
    for name, one in fit.annotators.items():
        if one.calibrated and not all(f.fit.annotators[name].calibrated for f in crossed.folds):
            return Untrusted.FEW_GROUPS
    return None


def cross_fit(wanted: Wanted, table: GoldTable) -> CrossFitted:
    """Five fits (fewer with fewer groups), each without one fold of the groups.

    Each learns from a part of the rows, so as large a part of the minimum makes it trusted:
    what is judged is the kind of fit that all rows give. Raises ValueError for a single group.
    """
    return CrossFitted(table, tuple(_folds(wanted, table)))


def _folds(wanted: Wanted, table: GoldTable) -> Iterator[Fold]:
    parts = group_folds(table.groups, wanted.seed)
    if not parts:
        raise ValueError("gold of a single group: nothing can be held out")
    for part in parts:
        held = np.array(sorted(part), dtype=np.int64)
        learnt = np.setdiff1d(np.arange(len(table)), held)
        rest = table.at(learnt)
        enough = int(wanted.minimum * rest.effective / table.effective)
        yield Fold(learnt, held, fit_gold(replace(wanted, minimum=max(2, enough)), rest.rows))


def pooled_votes(fit: Fit, row: GoldRow, names: frozenset[str]) -> tuple[float, ...]:
    """The pool's posterior (K) of these annotators' votes on a row; the prior without any."""
    votes = [vote for name, vote in row.votes.items() if name in names]
    posterior = fit.posterior(votes, row.candidate)
    return softmax(fit.log_prior) if posterior is None else posterior.probabilities
