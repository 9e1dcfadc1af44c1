"""The best annotator alone: what every aggregation has to beat.

Its confidence is made a probability by Platt's sigmoids (platt.py); where it gives none, its
label has the probability of its accuracy. The next best speaks where it is silent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stepladder.confidence.aggregator import annotators_in
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.heard import log_prior
from stepladder.confidence.platt import Platt, fit_platt
from stepladder.confidence.reading import raw_probabilities
from stepladder.confidence.scaling import Shown
from stepladder.confidence.vector import Vector, softmax
from stepladder.confidence.voting import accuracy_of
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
    scaling: Platt | None
    """None where only the label is used."""

    def posterior(self, vote: Vote, labels: Sequence[str]) -> Vector:
        """The probability of each label (K) by a vote that has one."""
        raw = raw_probabilities(vote, labels) if vote.confidence.source is self.source else None
        if raw is not None and self.scaling is not None:
            return self.scaling.calibrated(raw)
        others = (1.0 - self.accuracy) / max(1, len(labels) - 1)
        return tuple(self.accuracy if label == vote.label else others for label in labels)


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
        singles = [_single(name, table) for name in annotators_in(table.rows)]
        ranked = sorted(singles, key=lambda single: -single.accuracy)
        prior = tuple(float(p) for p in log_prior(table))
        return BestFirst(table.labels, prior, tuple(ranked))


def _single(name: str, table: GoldTable) -> Single:
    accuracy = accuracy_of(name, table)
    shown = list(_shown(name, table))
    sources = Counter(source for _, source, _ in shown)
    source, rows = max(sources.items(), key=lambda one: one[1], default=(Source.NONE, 0))
    if rows < FEWEST:
        return Single(name, accuracy, Source.NONE, None)
    places = np.array([i for i, one, _ in shown if one is source], dtype=np.int64)
    raw = np.array([probabilities for _, one, probabilities in shown if one is source])
    scaling = fit_platt(Shown(raw, table.gold[places], table.weight[places]))
    return Single(name, accuracy, source, scaling)


def _shown(name: str, table: GoldTable) -> Iterator[tuple[int, Source, Vector]]:
    """The place, source and raw probabilities (K) of each of its votes that has any."""
    for place, row in enumerate(table.rows):
        vote = row.votes.get(name)
        if vote is None or vote.label is None:
            continue
        raw = raw_probabilities(vote, table.labels)
        if raw is not None:
            yield place, vote.confidence.source, raw
