"""Gold laid out for the search: for every set of annotators, what it would deliver and cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stepladder.confidence import GoldRow, GoldTable, Wanted
from stepladder.confidence.every_set import EverySet, fit_every_set
from stepladder.confidence.many import ManyVotes
from stepladder.policy import Deliver
from stepladder.simulate.rung import last_named
from stepladder.tune.naming import Named
from stepladder.types.arrays import Floats, Numbers


@dataclass(frozen=True, eq=False)
class Bench:
    """Rows of gold (n), and what every set (s) of the annotators makes of them."""

    table: GoldTable
    every: EverySet
    cost: Floats
    """USD for each row and annotator, in the order of `names` (n x m)."""
    names: tuple[str, ...]
    """The annotators, cheap ones first (m)."""

    @classmethod
    def of(cls, wanted: Wanted, rows: Sequence[GoldRow], cost: Mapping[str, Floats]) -> Bench:
        """Fit everything; `cost` is in USD by annotator and row (n)."""
        table = GoldTable(wanted.labels, tuple(rows))
        each = np.stack([cost[name] for name in wanted.annotators], axis=1)
        return cls(table, fit_every_set(wanted, rows), each, wanted.annotators)

    @cached_property
    def number(self) -> Mapping[frozenset[str], int]:
        """The number of each set."""
        return {frozenset(names): number for number, names in enumerate(self.every.sets)}

    @cached_property
    def _votes(self) -> ManyVotes:
        rows = self.table.rows
        votes = {name: [row.votes.get(name) for row in rows] for name in self.names}
        return ManyVotes(self.every.fit, [row.candidate for row in rows], votes)

    @cached_property
    def posteriors(self) -> Floats:
        """As the fit gives them, to a fresh row with the same votes too (s x n x K)."""
        found = np.stack([self._votes.posteriors(names) for names in self.every.sets])
        return np.asarray(np.nan_to_num(found, nan=0.0), dtype=np.float64)

    @cached_property
    def named(self) -> Mapping[Deliver, Named]:
        """What each set would deliver, by whose label that is."""
        said = [self._votes.labels[name] for name in self.names]
        members = [[self.names.index(name) for name in names] for names in self.every.sets]
        top = self.posteriors.argmax(axis=2)
        last = [
            last_named([said[n] for n in own], pooled)
            for own, pooled in zip(members, top, strict=True)
        ]
        return {
            deliver: Named(
                label,
                self.posteriors,
                np.stack(
                    [_agreeing(said, own, one) for own, one in zip(members, label, strict=True)]
                ),
                self.every.crossed,
                self.table.gold,
            )
            for deliver, label in ((Deliver.POOL, top), (Deliver.LAST, np.stack(last)))
        }

    @cached_property
    def usd(self) -> Floats:
        """What asking each set costs (s x n)."""
        sets = [[self.names.index(name) for name in names] for names in self.every.sets]
        return np.stack([self.cost[:, members].sum(axis=1) for members in sets])


def _agreeing(said: Sequence[Numbers], members: Sequence[int], label: Numbers) -> Floats:
    """How many of these annotators name the label (n)."""
    return np.asarray(sum((said[n] == label).astype(np.float64) for n in members))
