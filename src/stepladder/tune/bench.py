"""Gold laid out for the search: for every set of annotators, what it would deliver and cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence import GoldRow, GoldTable, Wanted
from stepladder.confidence.every_set import EverySet, fit_every_set
from stepladder.confidence.gold import Floats, Numbers
from stepladder.confidence.many import ManyVotes
from stepladder.tune.surface import bins_of, grid_of

HITS, CROSSED, OWN = 1 / 3, 1 / 3, 1 / 3
"""Parts of a value: see `Bench.value`."""
UNHEARD = -1.0
"""The score of silence."""


class Rule(StrEnum):
    """What accept rules of a route look at."""

    PROBABILITY = "probability"
    AGREE = "agree"


class Binned(NamedTuple):
    """What a tier may accept by."""

    grid: Floats
    """Thresholds, rising."""
    bins: Numbers
    """For each row the place of the first threshold that it stays below (n)."""


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
    def label(self) -> Numbers:
        """Number of the label that each set would deliver (s x n)."""
        return np.asarray(self.posteriors.argmax(axis=2), dtype=np.int64)

    @cached_property
    def probability(self) -> Floats:
        """Of that label (s x n); 0 where nobody in the set named one."""
        return np.asarray(self.posteriors.max(axis=2), dtype=np.float64)

    @cached_property
    def agreeing(self) -> Floats:
        """How many of the set name that label (s x n)."""
        said = np.stack([self._votes.labels[name] for name in self.names])
        found = np.zeros(self.label.shape)
        for number, names in enumerate(self.every.sets):
            members = [self.names.index(name) for name in names]
            found[number] = (said[members] == self.label[number]).sum(axis=0)
        return found

    @cached_property
    def silent(self) -> NDArray[np.bool_]:
        """Where nobody in the set named a label (s x n)."""
        return np.asarray(self.probability == 0.0)

    @cached_property
    def value(self) -> Floats:
        """What delivering each set's label is worth: its chance of being right (s x n).

        The mean of three estimates: whether it is right (without bias, and the noisiest), its
        cross-fitted probability given all votes (Rao and Blackwell's way to less noise, as far
        as the pool is right about itself), and the probability that the policy itself will see
        (the least noise, and rather too sure).
        """
        rows = np.arange(len(self.table))
        hit = self.label == self.table.gold
        crossed = self.every.crossed[rows, self.label]
        found = HITS * hit + CROSSED * crossed + OWN * self.probability
        return np.asarray(np.where(self.silent, 0.0, found), dtype=np.float64)

    def score(self, rule: Rule) -> Floats:
        """What a rule looks at (s x n); below every threshold where nobody named a label."""
        return self._scores[rule]

    @cached_property
    def _scores(self) -> Mapping[Rule, Floats]:
        shown = {Rule.PROBABILITY: self.probability, Rule.AGREE: self.agreeing}
        return {rule: np.where(self.silent, UNHEARD, one) for rule, one in shown.items()}

    def binned(self, rule: Rule, number: int, levels: int) -> Binned:
        """One set's thresholds, and the bins of its scores; worked out once."""
        key = (rule, number, levels)
        if key not in self._binned:
            score = self._scores[rule][number]
            grid = grid_of(score, levels)
            self._binned[key] = Binned(grid, bins_of(score, grid))
        return self._binned[key]

    @cached_property
    def _binned(self) -> dict[tuple[Rule, int, int], Binned]:
        return {}

    @cached_property
    def usd(self) -> Floats:
        """What asking each set costs (s x n)."""
        sets = [[self.names.index(name) for name in names] for names in self.every.sets]
        return np.stack([self.cost[:, members].sum(axis=1) for members in sets])
