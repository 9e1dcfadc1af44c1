"""Confusion matrices of all annotators and questions at once, by several strengths of smoothing.

As `confusion.py`, in arrays. How much questions differ, and how often the rows of a group say the
same once more, differs from task to task: 300 rows of 55 reviews know less of a question than
300 independent ones. So there is no one strength, but a short ladder of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stepladder.confidence.confusion import ASSUMED_RIGHT, ASSUMED_WRONG
from stepladder.confidence.heard import PRIOR_SMOOTHING
from stepladder.types.arrays import NO_LABEL, Floats, Numbers

TOWARDS_ALIKE = 100.0
"""Pseudo-counts by right label of an annotator that errs alike on all labels."""


class Strength(NamedTuple):
    """Pseudo-counts, for each question, of what holds for all of them."""

    said: float
    """Of what was said, by right label."""
    right: float
    """Of the labels' shares."""


STRENGTHS = (Strength(1000.0, 100.0), Strength(100.0, 30.0), Strength(10.0, 3.0))
"""Simplest first."""


@dataclass(frozen=True, eq=False)
class Counts:
    """What was said and what was right."""

    said: Floats
    """By question, annotator, right label and label said (q x m x K x K)."""
    right: Floats
    """By question and label (q x K)."""

    @classmethod
    def of(
        cls,
        votes: Numbers,
        gold: Numbers,
        question: Numbers,
        weight: Floats,
        sizes: tuple[int, int],
    ) -> Counts:
        """Of votes (n x m; NO_LABEL for none), gold, questions and weights (n).

        `sizes` are how many questions and labels there are.
        """
        questions, labels = sizes
        said = np.zeros((questions, votes.shape[1], labels, labels))
        right = np.zeros((questions, labels))
        for number in range(votes.shape[1]):
            some = votes[:, number] != NO_LABEL
            at = (question[some], number, gold[some], votes[some, number])
            np.add.at(said, at, weight[some])
        np.add.at(right, (question, gold), weight)
        return cls(said, right)

    @property
    def log_prior(self) -> Floats:
        """Logarithm of each label's share, smoothed (K)."""
        shares = self.right.sum(axis=0) + PRIOR_SMOOTHING
        return np.asarray(np.log(shares / shares.sum()), dtype=np.float64)

    def overall(self) -> Floats:
        """P(said | right) of each annotator, over all questions (m x K x K)."""
        counts = self.said.sum(axis=0)
        labels = counts.shape[-1]
        right = np.einsum("mkk->m", counts) + ASSUMED_RIGHT
        accuracy = (right / (counts.sum(axis=(1, 2)) + ASSUMED_RIGHT + ASSUMED_WRONG))[
            :, None, None
        ]
        wrong = (1 - accuracy) / max(1, labels - 1)
        counts = counts + TOWARDS_ALIKE * np.where(np.eye(labels, dtype=bool), accuracy, wrong)
        return np.asarray(counts / counts.sum(axis=2, keepdims=True), dtype=np.float64)

    def by_question(self, strength: float) -> Floats:
        """Logarithm of P(said | right) by question and annotator (q x m x K x K)."""
        counts = self.said + strength * self.overall()
        return np.asarray(np.log(counts / counts.sum(axis=3, keepdims=True)), dtype=np.float64)

    def question_ratios(self, strength: float) -> Floats:
        """Logarithm of each label's share for a question over that for all (q x K)."""
        overall = np.exp(self.log_prior)
        counts = self.right + strength * overall
        return np.asarray(np.log(counts / counts.sum(axis=1, keepdims=True) / overall))
