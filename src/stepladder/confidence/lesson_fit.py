"""A lesson and weights for every set, as a fit that can be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stepladder.confidence.annotator import AnnotatorFit, Calibrator
from stepladder.confidence.combining import Pool
from stepladder.confidence.confusion import Confusion
from stepladder.confidence.counting import Strength
from stepladder.confidence.fit import Beside, Fit, set_name
from stepladder.confidence.lesson import Lesson
from stepladder.confidence.question import QuestionTerm
from stepladder.types.arrays import Floats


@dataclass(frozen=True, eq=False)
class Weighed:
    """One strength of smoothing, and what every set weighs by it."""

    strength: Strength
    weights: Mapping[tuple[str, ...], Floats]
    """By set: of the annotators, of the question and of the text (w)."""
    text: bool
    """Whether the text is listened to."""


def fit_of(lesson: Lesson, weighed: Weighed) -> Fit:
    """The fit by one strength."""
    wanted, strength = lesson.wanted, weighed.strength
    seen = {row.gold for row in lesson.table.rows}
    return Fit(
        labels=wanted.labels,
        rows=len(lesson.table),
        log_prior=tuple(float(p) for p in lesson.log_prior),
        unseen=tuple(label for label in wanted.labels if label not in seen),
        annotators={name: _annotator(lesson, name, strength) for name in wanted.annotators},
        pools={set_name(names): _pool(lesson, names, w) for names, w in weighed.weights.items()},
        question=_question(lesson, strength),
        text=lesson.text if weighed.text else None,
    )


def together(fits: Sequence[Fit], shares: Floats) -> Fit:
    """One fit out of all strengths: the one with the largest share, the others beside it."""
    first = int(np.argmax(shares))
    beside = tuple(
        Beside(share=float(share), fit=fit)
        for number, (share, fit) in enumerate(zip(shares, fits, strict=True))
        if number != first and share > 0
    )
    return fits[first].model_copy(update={"beside": beside})


def _annotator(lesson: Lesson, name: str, strength: Strength) -> AnnotatorFit:
    if name in lesson.confident:
        return lesson.confident[name].fit
    place, table = lesson.wanted.annotators.index(name), lesson.table
    logs = lesson.counts.by_question(strength.said)[:, place]
    rows = sum(name in row.votes and row.votes[name].label is not None for row in table.rows)
    own = {question: _confusion(logs[n]) for n, question in enumerate(lesson.questions)}
    overall = np.log(lesson.counts.overall()[place]) if lesson.several else logs[0]
    return AnnotatorFit(
        rows=rows,
        worth=table.effective * rows / max(1, len(table)),
        untrusted=None,
        calibrator=Calibrator.CONFUSION,
        confusion=_confusion(overall),
        confusion_by_question=own if lesson.several else {},
    )


def _question(lesson: Lesson, strength: Strength) -> QuestionTerm | None:
    if not lesson.several:
        return None
    ratios = lesson.counts.question_ratios(strength.right)
    return QuestionTerm(
        by_question={q: tuple(ratios[n].tolist()) for n, q in enumerate(lesson.questions)}
    )


def _pool(lesson: Lesson, names: tuple[str, ...], weights: Floats) -> Pool:
    own = {name: float(weights[lesson.wanted.annotators.index(name)]) for name in names}
    question, text = float(weights[-2]), float(weights[-1])
    return Pool(weights=own, question=question, text=text, rows=len(lesson.table), tried=())


def _confusion(logs: Floats) -> Confusion:
    return Confusion(rows=tuple(tuple(row) for row in logs.tolist()))
