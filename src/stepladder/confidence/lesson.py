"""What the gold of some rows teaches about everything that a pool may listen to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence.annotator import AnnotatorFit
from stepladder.confidence.annotator_fitting import Fitted, fit_annotator
from stepladder.confidence.ballots import asked_of, gives_confidence, votes_of
from stepladder.confidence.counting import Counts, Strength
from stepladder.confidence.fitting import Wanted
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.heard import Split
from stepladder.confidence.prior import TextPrior, fit_prior, held_out_prior
from stepladder.confidence.set_weights import Heldout, pooled_by_set
from stepladder.confidence.vector import Vector
from stepladder.types.arrays import NO_LABEL, Floats, Numbers

ASSUMED_ACCURACY = 2 / 3
"""Of anybody, before gold says anything: see confusion.py."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """Counts, calibrators and a prior learnt from a table's rows (n), and their held-out vectors.

    The vectors (w) are those of the annotators, then that of the question, then that of the text.
    """

    wanted: Wanted
    table: GoldTable
    split: Split
    questions: tuple[str, ...]
    """All questions of the table, sorted."""
    counts: Counts
    confident: Mapping[str, Fitted]
    """By annotator, those who give a confidence: calibrated as `fit_gold` does it."""
    text: TextPrior | None
    held_out_text: Floats | None
    """n x K."""
    fold_counts: Sequence[Counts] = field(repr=False)
    """By fold, the counts without it."""

    @classmethod
    def learn(cls, wanted: Wanted, table: GoldTable) -> Lesson:
        """From all rows of the table."""
        split = Split(table, wanted.seed)
        questions = tuple(sorted(set(table.questions)))
        votes, asked = votes_of(wanted.annotators, table), asked_of(table, questions)
        sizes = (len(questions), len(table.labels))

        def counted(places: Numbers) -> Counts:
            gold, weight = table.gold[places], table.weight[places]
            return Counts.of(votes[places], gold, asked[places], weight, sizes)

        confident = {
            name: fit_annotator(name, split, wanted.minimum, wanted.offsets.get(name))
            for name in wanted.annotators
            if gives_confidence(name, table)
        }
        folds = range(int(split.fold.max(initial=-1)) + 1)
        text = None if wanted.columns is None else fit_prior(table, wanted.columns)
        held = None
        if wanted.columns is not None and text is not None:
            held = held_out_prior(split, wanted.columns)
        return cls(
            wanted=wanted,
            table=table,
            split=split,
            questions=questions,
            counts=counted(np.arange(len(table))),
            confident=confident,
            text=None if held is None else text,
            held_out_text=held,
            fold_counts=[counted(np.flatnonzero(split.fold != number)) for number in folds],
        )

    @property
    def log_prior(self) -> Floats:
        """Of the labels (K)."""
        return self.counts.log_prior

    @property
    def several(self) -> bool:
        """Whether several questions are asked."""
        return len(self.questions) > 1

    def listened(self, sets: Sequence[tuple[str, ...]]) -> NDArray[np.bool_]:
        """Which vectors each set listens to (s x w)."""
        names = self.wanted.annotators
        terms = [self.several, self.text is not None]
        return np.array([[*(name in one for name in names), *terms] for one in sets])

    def near(self, sets: Sequence[tuple[str, ...]]) -> Floats:
        """Where weights are held (s x w): equal ones, the question's at 1 and the text's at 0."""
        listened = self.listened(sets)
        found = np.zeros(listened.shape)
        for row, one in enumerate(sets):
            found[row, :-2] = listened[row, :-2] / sqrt(len(one))
        found[:, -2] = self.several
        return found

    def held_out(self, strength: Strength) -> Heldout:
        """What fits without each row's fold say of it."""
        table, labels = self.table, len(self.table.labels)
        vectors = np.zeros((len(table), len(self.wanted.annotators) + 2, labels))
        prior = np.zeros((len(table), labels))
        votes, asked = votes_of(self.wanted.annotators, table), asked_of(table, self.questions)
        for number, counts in enumerate(self.fold_counts):
            held = np.flatnonzero(self.split.fold == number)
            vectors[held] = _vectors(counts, votes[held], asked[held], strength)
            prior[held] = counts.log_prior
        for name, fitted in self.confident.items():
            place = self.wanted.annotators.index(name)
            vectors[:, place] = np.nan_to_num(fitted.held_out)
        if self.held_out_text is not None:
            vectors[:, -1] = self.held_out_text
        if not self.several:
            vectors[:, -2] = 0.0
        return Heldout(vectors, prior, table.gold, table.weight)

    def vectors(self, others: GoldTable, strength: Strength) -> Floats:
        """The vectors of other rows (n x w x K)."""
        votes, asked = votes_of(self.wanted.annotators, others), asked_of(others, self.questions)
        found = _vectors(self.counts, votes, asked, strength)
        before = tuple(self.log_prior.tolist())
        for name, fitted in self.confident.items():
            place = self.wanted.annotators.index(name)
            for number, row in enumerate(others.rows):
                found[number, place] = self._said_by(fitted.fit, name, row)
        if self.text is not None:
            found[:, -1] = [self.text.vector(r.candidate.columns, before) for r in others.rows]
        if not self.several:
            found[:, -2] = 0.0
        return found

    def _said_by(self, fit: AnnotatorFit, name: str, row: GoldRow) -> Vector:
        labels, vote = self.table.labels, row.votes.get(name)
        before = tuple(self.log_prior.tolist())
        said = None if vote is None else fit.vector(vote, labels, before, row.candidate.question)
        return (0.0,) * len(labels) if said is None else said

    def where_gold_says_nothing(
        self, posteriors: Floats, others: GoldTable, sets: Sequence[tuple[str, ...]]
    ) -> Floats:
        """Posteriors (s x n x K) as before any gold, where a vote names a label that gold lacks."""
        votes = votes_of(self.wanted.annotators, others)
        labels = len(others.labels)
        lacking = np.bincount(self.table.gold, minlength=labels) == 0
        new = (votes != NO_LABEL) & lacking[votes]
        if not new.any():
            return posteriors
        listened = self.listened(sets)[:, : votes.shape[1]]
        lift = np.log(ASSUMED_ACCURACY / (1 - ASSUMED_ACCURACY) * max(1, labels - 1))
        plain = (votes[:, :, None] == np.arange(labels)) * lift
        weights = listened / np.sqrt(listened.sum(axis=1, keepdims=True))
        raw = pooled_by_set(plain, np.zeros(labels), weights)
        affected = (new.astype(np.int64) @ listened.T.astype(np.int64)).T > 0
        return np.where(affected[:, :, None], raw, posteriors)


def _vectors(counts: Counts, votes: Numbers, asked: Numbers, strength: Strength) -> Floats:
    """Of each vote and of the question; the text's place stays empty (n x m + 2 x K)."""
    logs, ratios = counts.by_question(strength.said), counts.question_ratios(strength.right)
    # A question without gold: as all of them together.
    logs = np.concatenate([logs, np.log(counts.overall())[None]])
    ratios = np.concatenate([ratios, np.zeros((1, ratios.shape[1]))])
    said = logs[asked[:, None], np.arange(votes.shape[1]), :, np.maximum(votes, 0)]
    # Less its mean: a row's vector says as much as before, and silence says nothing.
    said = np.where((votes != NO_LABEL)[:, :, None], said - said.mean(axis=2, keepdims=True), 0.0)
    empty = np.zeros((len(votes), 1, said.shape[2]))
    return np.concatenate([said, ratios[asked][:, None], empty], axis=1)
