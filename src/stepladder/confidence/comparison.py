"""The pool beside other ways to aggregate, all judged on groups that they did not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepladder.confidence.aggregator import Aggregator, annotators_in
from stepladder.confidence.best_single import BestSingle
from stepladder.confidence.binning import FEWEST_PER_BIN
from stepladder.confidence.cross_fitting import CrossFitted
from stepladder.confidence.dawid_skene import DawidSkeneVote
from stepladder.confidence.figures import Figures, figures_of
from stepladder.confidence.folds import Mean, grouped_mean
from stepladder.confidence.gold import GoldTable
from stepladder.confidence.reliability import briers, log_losses
from stepladder.confidence.voting import MajorityVote, WeightedVote
from stepladder.types.arrays import Floats, Numbers

OURS = "log-linear pool"
FEWEST_GROUPS = 2
"""Groups without which a difference has no standard error."""
OTHERS: tuple[Aggregator, ...] = (MajorityVote(), WeightedVote(), DawidSkeneVote(), BestSingle())


@dataclass(frozen=True, slots=True)
class Compared:
    """One way to aggregate all votes of a row."""

    name: str
    figures: Figures
    more_log_loss: Mean
    """Its log loss less the pool's, row by row; above 0 the pool is better. Nats."""
    more_brier: Mean
    """The same for the Brier score."""


def compare(crossed: CrossFitted, others: Sequence[Aggregator] = OTHERS) -> tuple[Compared, ...]:
    """The pool, then the others, on the rows that anybody gave a label to.

    Nothing for fewer than two such rows, or for rows of a single group.
    """
    heard = _heard(crossed.table)
    table = crossed.table.at(heard)
    if len(table) < FEWEST_PER_BIN or len(set(table.groups)) < FEWEST_GROUPS:
        return ()
    names = frozenset(annotators_in(crossed.table.rows))
    found = {OURS: crossed.pooled(names)}
    found |= {other.name: crossed.aggregated(other) for other in others}
    ours = found[OURS][heard]
    return tuple(_compared(name, one[heard], ours, table) for name, one in found.items())


def _heard(table: GoldTable) -> Numbers:
    """Places of the rows that anybody gave a label to."""
    labelled = [any(v.label is not None for v in row.votes.values()) for row in table.rows]
    return np.flatnonzero(np.array(labelled, dtype=bool))


def _compared(name: str, posteriors: Floats, ours: Floats, table: GoldTable) -> Compared:
    log_loss = log_losses(posteriors, table.gold) - log_losses(ours, table.gold)
    brier = briers(posteriors, table.gold) - briers(ours, table.gold)
    return Compared(
        name,
        figures_of(posteriors, table),
        grouped_mean(log_loss, table.groups, table.weight),
        grouped_mean(brier, table.groups, table.weight),
    )
