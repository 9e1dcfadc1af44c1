"""Confusion matrices and true labels at once, from votes alone or with gold for some rows.

Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM
Algorithm" (1979), section 3. Votes count as independent given the truth. Counts are smoothed
as in confusion.py, towards an annotator that is mostly right and errs alike on all labels:
that also says which label is which when there is no gold at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stepladder.confidence.aggregator import annotators_in
from stepladder.confidence.confusion import ASSUMED_RIGHT, ASSUMED_WRONG, TOWARDS_ALIKE
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.heard import PRIOR_SMOOTHING
from stepladder.confidence.vector import Vector, softmax
from stepladder.types import Candidate, Vote
from stepladder.types.arrays import Floats, Numbers

SILENT = -1
"""Stands for a missing vote, or a row without gold, where others are numbers of labels."""
MOST_STEPS = 500
CLOSE = 1e-6
"""Change of any posterior below which the steps have arrived."""


@dataclass(frozen=True, slots=True, eq=False)
class DawidSkene:
    """Annotators and rows, as each explains the other."""

    labels: tuple[str, ...]
    annotators: tuple[str, ...]
    shares: Floats
    """Of each label among the rows (K)."""
    confusions: Floats
    """By annotator: probability of each answer given each true label (m x K x K)."""
    posteriors: Floats
    """Of each row (n x K); 1 on the gold where it is known."""
    answered: Numbers
    """Votes with a label by annotator (m)."""

    @property
    def accuracies(self) -> Mapping[str, float]:
        """By annotator: how often it is right, 0 to 1."""
        right = np.einsum("k,mkk->m", self.shares, self.confusions)
        return dict(zip(self.annotators, (float(x) for x in right), strict=True))

    def posterior(self, votes: Sequence[Vote], candidate: Candidate) -> Vector:
        """The probability of each label given votes on a new candidate, which does not matter."""
        del candidate
        scores = np.log(self.shares)
        for name, label in {v.annotator: v.label for v in votes}.items():
            if label is not None and name in self.annotators:
                matrix = self.confusions[self.annotators.index(name)]
                scores = scores + np.log(matrix[:, self.labels.index(label)])
        return softmax(scores.tolist())


def dawid_skene(
    labels: Sequence[str],
    annotators: Sequence[str],
    said: Numbers,
    gold: Numbers,
    weight: Floats | None = None,
) -> DawidSkene:
    """Fit labels said (n x m) with gold (n), both by number, `SILENT` where there is none.

    `weight` is what each row stands for (n).
    """
    votes = _Votes(said, gold, np.ones(len(gold)) if weight is None else weight, len(labels))
    posteriors = votes.clamped(votes.majority())
    for _ in range(MOST_STEPS):
        shares, confusions = votes.explained_by(posteriors)
        before, posteriors = posteriors, votes.clamped(votes.posteriors(shares, confusions))
        if np.abs(posteriors - before).max(initial=0.0) < CLOSE:
            break
    shares, confusions = votes.explained_by(posteriors)
    answered = (said != SILENT).sum(axis=0)
    return DawidSkene(tuple(labels), tuple(annotators), shares, confusions, posteriors, answered)


@dataclass(frozen=True, slots=True)
class DawidSkeneVote:
    """Dawid-Skene as one way to aggregate: gold is clamped, other rows help to know annotators."""

    name: str = "Dawid-Skene"

    def fit(self, table: GoldTable, unlabelled: Sequence[GoldRow] = ()) -> DawidSkene:
        """Learn from gold, and from the votes of rows whose gold it does not see."""
        rows = [*table.rows, *unlabelled]
        names, place = annotators_in(rows), {label: i for i, label in enumerate(table.labels)}
        said = np.full((len(rows), len(names)), SILENT, dtype=np.int64)
        for number, row in enumerate(rows):
            for column, name in enumerate(names):
                label = row.votes[name].label if name in row.votes else None
                said[number, column] = SILENT if label is None else place[label]
        gold = np.append(table.gold, np.full(len(unlabelled), SILENT))
        weight = np.append(table.weight, np.ones(len(unlabelled)))
        return dawid_skene(table.labels, names, said, gold, weight)


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    said: Numbers
    gold: Numbers
    weight: Floats
    labels: int

    def one_hot(self) -> Floats:
        """n x m x K; zeros for silence."""
        heard = np.eye(self.labels)[np.maximum(self.said, 0)]
        return np.asarray(heard * (self.said != SILENT)[:, :, None], dtype=np.float64)

    def majority(self) -> Floats:
        counts = self.one_hot().sum(axis=1) + PRIOR_SMOOTHING / self.labels
        return np.asarray(counts / counts.sum(axis=1, keepdims=True), dtype=np.float64)

    def clamped(self, posteriors: Floats) -> Floats:
        known = self.gold != SILENT
        found = posteriors.copy()
        found[known] = np.eye(self.labels)[self.gold[known]]
        return found

    def explained_by(self, posteriors: Floats) -> tuple[Floats, Floats]:
        """Shares of labels (K) and confusions (m x K x K) from posteriors (n x K)."""
        weighed = posteriors * self.weight[:, None]
        shares = weighed.sum(axis=0) + PRIOR_SMOOTHING
        counts = np.einsum("nk,nml->mkl", weighed, self.one_hot())
        smoothed = counts + TOWARDS_ALIKE * self._alike(counts)
        return shares / shares.sum(), smoothed / smoothed.sum(axis=2, keepdims=True)

    def _alike(self, counts: Floats) -> Floats:
        right = np.einsum("mkk->m", counts) + ASSUMED_RIGHT
        accuracy = right / (counts.sum(axis=(1, 2)) + ASSUMED_RIGHT + ASSUMED_WRONG)
        wrong = (1.0 - accuracy) / max(1, self.labels - 1)
        on = np.eye(self.labels, dtype=bool)
        alike = np.where(on, accuracy[:, None, None], wrong[:, None, None])
        return np.asarray(alike, dtype=np.float64)

    def posteriors(self, shares: Floats, confusions: Floats) -> Floats:
        scores = np.log(shares) + np.einsum("nml,mkl->nk", self.one_hot(), np.log(confusions))
        lifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(lifted / lifted.sum(axis=1, keepdims=True), dtype=np.float64)
