"""What the question alone says about the label, where a task asks several."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.gold import GoldTable
from stepladder.confidence.heard import Split, log_prior
from stepladder.confidence.vector import Vector
from stepladder.types.arrays import Floats

TOWARDS_ALL = 5.0
"""Pseudo-counts of the labels' shares over all questions, for each question."""


class QuestionTerm(BaseModel):
    """How much more often each label is right for a question than for all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    by_question: dict[str, Vector]
    """Log-ratio of the label's share for the question to its share overall."""

    def vector(self, question: str, labels: int) -> Vector:
        """One number per label; zeros for a question that gold did not have."""
        return self.by_question.get(question, (0.0,) * labels)


def fit_question(table: GoldTable) -> QuestionTerm:
    """Shares by question, smoothed towards those of all rows."""
    overall = np.exp(log_prior(table))
    asked = np.array(table.questions, dtype=object)
    found: dict[str, Vector] = {}
    for question in dict.fromkeys(table.questions):
        own = np.flatnonzero(asked == question)
        counts = np.bincount(table.gold[own], table.weight[own], minlength=len(overall))
        shares = (counts + TOWARDS_ALL * overall) / (counts.sum() + TOWARDS_ALL)
        found[question] = tuple(float(x) for x in np.log(shares / overall))
    return QuestionTerm(by_question=found)


def held_out_question(split: Split) -> Floats:
    """Each row's vector (n x K) from shares that did not see its group."""
    found = np.zeros_like(split.prior)
    count = found.shape[1]
    for number in range(int(split.fold.max(initial=-1)) + 1):
        held = np.flatnonzero(split.fold == number)
        term = fit_question(split.table.at(np.flatnonzero(split.fold != number)))
        found[held] = [term.vector(split.table.questions[place], count) for place in held]
    return found
