"""How far each source of each annotator's confidence can be taken at its word, by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from stepladder.confidence.annotator import AnnotatorFit
from stepladder.confidence.binning import FEWEST_PER_BIN
from stepladder.confidence.cross_fitting import CrossFitted
from stepladder.confidence.figures import Figures, figures_of
from stepladder.confidence.fit import Fit
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.pool import pooled
from stepladder.confidence.reading import raw_probabilities
from stepladder.confidence.vector import Vector
from stepladder.types import Source, Vote
from stepladder.types.arrays import Floats, Numbers


@dataclass(frozen=True, slots=True)
class Told:
    """Figures of the same rows, as they came and as they are used."""

    raw: Figures | None
    """As the annotator gave it; None for a mere label."""
    corrected: Figures | None
    """With what the model prefers anyway taken out; None where nothing is."""
    calibrated: Figures | None
    """By fits that did not see the row's group; None where there is no trusted fit."""


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """One source of confidence of one annotator."""

    annotator: str
    source: Source
    rows: int
    """Gold rows with such a vote that names a label."""
    all: Told
    by_question: Mapping[str, Told]
    """For questions with a fit of their own."""


def source_figures(fit: Fit, table: GoldTable, crossed: CrossFitted | None) -> list[SourceFigures]:
    """By annotator and source; `crossed` is None where gold cannot judge fits."""
    held = None if crossed is None else _Held(crossed)
    return [
        _figures(name, source, fit.annotators[name], table, held, places)
        for name in fit.annotators
        for source, places in _by_source(name, table)
    ]


def _by_source(name: str, table: GoldTable) -> Iterator[tuple[Source, Numbers]]:
    """The places of an annotator's votes with a label, by source; one without votes has `none`."""
    found: dict[Source, list[int]] = {}
    for place, row in enumerate(table.rows):
        vote = row.votes.get(name)
        if vote is not None and vote.label is not None:
            found.setdefault(_source(vote, table), []).append(place)
    for source in Source:
        if source in found or (source is Source.NONE and not found):
            yield source, np.array(found.get(source, []), dtype=np.int64)


def _source(vote: Vote, table: GoldTable) -> Source:
    """Where its confidence came from; `none` too for numbers that are no probabilities."""
    readable = raw_probabilities(vote, table.labels) is not None
    return vote.confidence.source if readable else Source.NONE


def _figures(
    name: str,
    source: Source,
    fit: AnnotatorFit,
    table: GoldTable,
    held: _Held | None,
    places: Numbers,
) -> SourceFigures:
    scaled = fit.sources.get(source)
    used = scaled is not None and scaled.scaling is not None
    own = scaled.by_question if scaled and used else fit.confusion_by_question
    asked = np.array(table.questions, dtype=object)[places]
    teller = _Teller(name, source, fit, table, held if fit.calibrated else None)
    return SourceFigures(
        annotator=name,
        source=source,
        rows=len(places),
        all=teller.told(places),
        by_question={question: teller.told(places[asked == question]) for question in own},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Calibrated posteriors of single votes, by fits that did not see the row's group."""

    crossed: CrossFitted

    def alone(self, name: str, places: Numbers) -> Floats:
        """Of one annotator's vote on each of these rows (n x K)."""
        wanted = frozenset(places.tolist())
        found = np.zeros((len(self.crossed.table), len(self.crossed.table.labels)))
        for fold in self.crossed.folds:
            for place in fold.held:
                if int(place) in wanted:
                    found[place] = _alone(name, fold.fit, self.crossed.table.rows[place])
        return found[places]


def _alone(name: str, fit: Fit, row: GoldRow) -> Vector:
    vote, question = row.votes[name], row.candidate.question
    vector = fit.annotators[name].vector(vote, fit.labels, fit.log_prior, question)
    return pooled(fit.log_prior, [] if vector is None else [vector], [1.0] * (vector is not None))


@dataclass(frozen=True, slots=True, eq=False)
class _Teller:
    name: str
    source: Source
    fit: AnnotatorFit
    table: GoldTable
    held: _Held | None

    def told(self, places: Numbers) -> Told:
        """Figures of the rows at these places; None for all where there are too few of them."""
        if len(places) < FEWEST_PER_BIN:
            return Told(None, None, None)
        table, labels = self.table.at(places), self.table.labels
        raw = corrected = calibrated = None
        if self.source is not Source.NONE:
            raw = self._given(table, lambda vote: raw_probabilities(vote, labels))
        if self.source is Source.TOKEN_PROBABILITIES and self.fit.offset is not None:
            corrected = self._given(table, lambda vote: self.fit.raw(vote, labels))
        if self.held is not None:
            calibrated = figures_of(self.held.alone(self.name, places), table)
        return Told(raw, corrected, calibrated)

    def _given(self, table: GoldTable, read: Callable[[Vote], Vector | None]) -> Figures:
        # Readable for all of these rows: others are of the source `none`.
        return figures_of(np.array([read(row.votes[self.name]) for row in table.rows]), table)
