"""The best annotator alone: what every aggregation has to beat.

Its confidence is made a probability by Platt's sigmoids (platt.py); where it gives none, that
is done with its label: smoothed, it is a share of votes of one. The next best speaks where it
is silent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stepladder.confidence.aggregator import annotators_in
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.heard import log_prior
from stepladder.confidence.platt import Platt, fit_platt
from stepladder.confidence.reading import raw_probabilities
from stepladder.confidence.scaling import Shown
from stepladder.confidence.vector import Vector, softmax
from stepladder.confidence.voting import accuracy_of, shares
from stepladder.types import Candidate, Source, Vote

FEWEST = 20
"""Rows with a confidence below which it is not looked at."""


@dataclass(frozen=True, slots=True)
class Single:
    """One annotator, as far as gold knows it."""

    name: str
    accuracy: float
    """Smoothed, 0 to 1."""
    source: Source
    """Of the confidence that is used; `none` where only the label is."""
    sure: Platt | None
    """For votes with that confidence."""
    named: Platt
    """For votes that only name a label."""

    def posterior(self, vote: Vote, labels: Sequence[str]) -> Vector:
        """The probability of each label (K) by a vote that has one."""
        raw = raw_probabilities(vote, labels) if vote.confidence.source is self.source else None
        if raw is not None and self.sure is not None:
            return self.sure.calibrated(raw)
        return self.named.calibrated(shares([vote], labels))


@dataclass(frozen=True, slots=True)
class BestFirst:
    """All annotators, the best first."""

    labels: tuple[str, ...]
    log_prior: Vector
    ranked: tuple[Single, ...]

    def posterior(self, votes: Sequence[Vote], candidate: Candidate) -> Vector:
        """The probability of each label (K) by the best annotator that named one."""
        del candidate
        named = {vote.annotator: vote for vote in votes if vote.label is not None}
        for single in self.ranked:
            if single.name in named:
                return single.posterior(named[single.name], self.labels)
        return softmax(self.log_prior)


@dataclass(frozen=True, slots=True)
class BestSingle:
    """Whoever is right most often on gold, by its smoothed accuracy."""

    name: str = "best single + Platt"

    def fit(self, table: GoldTable, unlabelled: Sequence[GoldRow] = ()) -> BestFirst:
        """Rank the annotators, and learn what their confidence is worth."""
        del unlabelled
        heard = [name for name in annotators_in(table.rows) if _given(name, table)]
        singles = [_single(name, table) for name in heard]
        ranked = sorted(singles, key=lambda single: -single.accuracy)
        prior = tuple(float(p) for p in log_prior(table))
        return BestFirst(table.labels, prior, tuple(ranked))


def _single(name: str, table: GoldTable) -> Single:
    given = _given(name, table)
    sources = Counter(v.confidence.source for _, v in given if raw_probabilities(v, table.labels))
    source, rows = max(sources.items(), key=lambda one: one[1], default=(Source.NONE, 0))
    if rows < FEWEST:
        source = Source.NONE
    raws = {
        place: raw
        for place, vote in given
        if vote.confidence.source is source
        and (raw := raw_probabilities(vote, table.labels)) is not None
    }
    named = {place: shares([vote], table.labels) for place, vote in given}
    return Single(
        name,
        accuracy_of(name, table),
        source,
        sure=_platt(raws, table) if raws else None,
        named=_platt(named, table),
    )


def _platt(shown: Mapping[int, Vector], table: GoldTable) -> Platt:
    """Sigmoids for what was shown of the rows at these places (K each)."""
    places = np.array(list(shown), dtype=np.int64)
    raw = np.array(list(shown.values()))
    return fit_platt(Shown(raw, table.gold[places], table.weight[places]))


def _given(name: str, table: GoldTable) -> list[tuple[int, Vote]]:
    """The place of each of its votes that has a label."""
    rows = enumerate(table.rows)
    voted = [(place, row.votes[name]) for place, row in rows if name in row.votes]
    return [(place, vote) for place, vote in voted if vote.label is not None]
