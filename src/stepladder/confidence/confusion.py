"""How often an annotator says each label when another one is right, smoothed.

Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM
Algorithm" (1979), with the truth known from gold, so that counting is enough. Counts are
smoothed towards an annotator that errs alike on all labels, and those of one question
towards those of all: with a hundred rows most cells have seen nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.vector import Vector
from stepladder.types.arrays import Floats, Numbers

ASSUMED_RIGHT = 2.0
"""Pseudo-counts of right answers before any gold is seen."""
ASSUMED_WRONG = 1.0
"""Pseudo-counts of wrong answers."""
TOWARDS_ALIKE = 20.0
"""Pseudo-counts by right label of an annotator that errs alike on all labels."""
TOWARDS_ALL_QUESTIONS = 10.0
"""Pseudo-counts by right label and question of what was said to all questions."""


class Answers(NamedTuple):
    """What an annotator said to some gold rows."""

    said: Numbers
    """Numbers of the labels said (n)."""
    gold: Numbers
    """Numbers of the right labels (n)."""
    weight: Floats
    """Of each row (n)."""

    def at(self, places: Numbers) -> Answers:
        """The rows at these places."""
        return Answers(self.said[places], self.gold[places], self.weight[places])


class Confusion(BaseModel):
    """Log-probability of each answer (column) given each right label (row)."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    rows: tuple[Vector, ...]
    """K x K natural logarithms; each row's probabilities sum to one."""

    def likelihoods(self, said: int) -> Vector:
        """For each label, the log-probability that the annotator says label number `said`."""
        return tuple(row[said] for row in self.rows)


def assumed(labels: int) -> Confusion:
    """What is assumed of anybody before any gold: one error rate."""
    nothing = np.array([], dtype=np.int64)
    return fit_accuracy(labels, Answers(nothing, nothing, nothing.astype(np.float64)))


def fit_accuracy(labels: int, answers: Answers) -> Confusion:
    """An annotator that errs alike on all labels: one number, its share of right answers."""
    return _confusion(alike(labels, answers))


def fit_confusion(labels: int, answers: Answers) -> Confusion:
    """Counts of what was said by right label, smoothed towards errors that are all alike."""
    return _confusion(_smoothed(answers, alike(labels, answers), TOWARDS_ALIKE))


def fit_by_question(
    answers: Answers, questions: Mapping[str, Numbers], overall: Confusion
) -> Mapping[str, Confusion]:
    """A matrix for each question, given the places of its rows, smoothed towards the overall."""
    towards: Floats = np.exp(np.array(overall.rows, dtype=np.float64))
    return MappingProxyType(
        {
            question: _confusion(_smoothed(answers.at(places), towards, TOWARDS_ALL_QUESTIONS))
            for question, places in questions.items()
        }
    )


def alike(labels: int, answers: Answers) -> Floats:
    """K x K probabilities of an annotator with one error rate, as many wrong ways as there are."""
    right = float(answers.weight[answers.said == answers.gold].sum()) + ASSUMED_RIGHT
    accuracy = right / (float(answers.weight.sum()) + ASSUMED_RIGHT + ASSUMED_WRONG)
    others = max(1, labels - 1)
    return np.where(np.eye(labels, dtype=bool), accuracy, (1.0 - accuracy) / others)


def _smoothed(answers: Answers, towards: Floats, strength: float) -> Floats:
    counts = strength * towards
    np.add.at(counts, (answers.gold, answers.said), answers.weight)
    return np.asarray(counts / counts.sum(axis=1, keepdims=True), dtype=np.float64)


def _confusion(probabilities: Floats) -> Confusion:
    return Confusion(rows=tuple(tuple(float(x) for x in row) for row in np.log(probabilities)))
