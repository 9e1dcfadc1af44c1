"""What the gold of some rows teaches about everything that a pool may listen to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence.annotator import AnnotatorFit, Calibrator
from stepladder.confidence.annotator_fitting import Fitted, fit_annotator
from stepladder.confidence.combining import Pool
from stepladder.confidence.confusion import Confusion
from stepladder.confidence.counting import NO_LABEL, Counts, Strength
from stepladder.confidence.fitting import Wanted
from stepladder.confidence.gold import Floats, GoldRow, GoldTable, Numbers
from stepladder.confidence.heard import Split
from stepladder.confidence.prior import TextPrior, fit_prior, held_out_prior
from stepladder.confidence.question import QuestionTerm
from stepladder.confidence.set_weights import Heldout, pooled_by_set
from stepladder.confidence.vector import Vector
from stepladder.types import Source

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
        votes, asked = _votes(wanted, table), _asked(table, questions)
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
        votes, asked = _votes(self.wanted, table), _asked(table, self.questions)
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
        votes, asked = _votes(self.wanted, others), _asked(others, self.questions)
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

    def where_gold_says_nothing(self, posteriors: Floats, others: GoldTable) -> Floats:
        """Posteriors (s x n x K) as before any gold, where a vote names a label that gold lacks."""
        votes = _votes(self.wanted, others)
        labels = len(others.labels)
        lacking = np.bincount(self.table.gold, minlength=labels) == 0
        new = (votes != NO_LABEL) & lacking[votes]
        if not new.any():
            return posteriors
        listened = self.listened(_sets_like(posteriors, self.wanted))[:, : votes.shape[1]]
        lift = np.log(ASSUMED_ACCURACY / (1 - ASSUMED_ACCURACY) * max(1, labels - 1))
        plain = (votes[:, :, None] == np.arange(labels)) * lift
        weights = listened / np.sqrt(listened.sum(axis=1, keepdims=True))
        raw = pooled_by_set(plain, np.zeros(labels), weights)
        affected = (new.astype(np.int64) @ listened.T.astype(np.int64)).T > 0
        return np.where(affected[:, :, None], raw, posteriors)

    def annotator(self, name: str, strength: Strength) -> AnnotatorFit:
        """One annotator's part of a fit."""
        if name in self.confident:
            return self.confident[name].fit
        place = self.wanted.annotators.index(name)
        logs = self.counts.by_question(strength.said)[:, place]
        overall = np.log(self.counts.overall()[place])
        rows = int(
            sum(name in row.votes and row.votes[name].label is not None for row in self.table.rows)
        )
        own = {q: _confusion(logs[n]) for n, q in enumerate(self.questions)} if self.several else {}
        return AnnotatorFit(
            rows=rows,
            worth=self.table.effective * rows / max(1, len(self.table)),
            untrusted=None,
            calibrator=Calibrator.CONFUSION,
            confusion=_confusion(overall if self.several else logs[0]),
            confusion_by_question=own,
        )

    def question_term(self, strength: Strength) -> QuestionTerm | None:
        """The question's part of a fit."""
        if not self.several:
            return None
        ratios = self.counts.question_ratios(strength.right)
        return QuestionTerm(
            by_question={q: tuple(ratios[n].tolist()) for n, q in enumerate(self.questions)}
        )

    def pool(self, names: tuple[str, ...], weights: Floats, rows: int) -> Pool:
        """One set's part of a fit."""
        own = {name: float(weights[self.wanted.annotators.index(name)]) for name in names}
        return Pool(
            weights=own, question=float(weights[-2]), text=float(weights[-1]), rows=rows, tried=()
        )


def _sets_like(posteriors: Floats, wanted: Wanted) -> Sequence[tuple[str, ...]]:
    from stepladder.confidence.every_set import all_sets

    return all_sets(wanted.annotators)[: len(posteriors)]


def gives_confidence(name: str, table: GoldTable) -> bool:
    """Whether any vote of the annotator comes with one."""
    return any(
        name in row.votes and row.votes[name].confidence.source is not Source.NONE
        for row in table.rows
    )


def _votes(wanted: Wanted, table: GoldTable) -> Numbers:
    """Numbers of the labels said (n x m)."""
    place = {label: number for number, label in enumerate(table.labels)}
    return np.array(
        [
            [
                _said(place, row.votes[n].label) if n in row.votes else NO_LABEL
                for n in wanted.annotators
            ]
            for row in table.rows
        ],
        dtype=np.int64,
    )


def _said(place: Mapping[str, int], label: str | None) -> int:
    return NO_LABEL if label is None else place[label]


def _asked(table: GoldTable, questions: Sequence[str]) -> Numbers:
    """Number of each row's question (n); one past the last for one that the lesson lacks."""
    known = {question: number for number, question in enumerate(questions)}
    return np.array([known.get(q, len(questions)) for q in table.questions], dtype=np.int64)


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


def _confusion(logs: Floats) -> Confusion:
    return Confusion(rows=tuple(tuple(row) for row in logs.tolist()))
