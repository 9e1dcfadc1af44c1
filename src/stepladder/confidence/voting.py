"""Votes counted: each as one, or by how often its annotator is right.

Weights by log-odds of accuracy are the best ones for annotators that err independently:
Nitzan and Paroush, "Optimal Decision Rules in Uncertain Dichotomous Choice Situations"
(1982), theorem 1; for K labels with K - 1 equal ways to err. What a share of votes is worth
as a probability is learnt by Platt's sigmoids (platt.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stepladder.confidence.aggregator import annotators_in
from stepladder.confidence.confusion import Answers, alike
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.heard import log_prior
from stepladder.confidence.platt import Platt, fit_platt
from stepladder.confidence.scaling import Shown
from stepladder.confidence.vector import Vector, softmax
from stepladder.types import Candidate, Vote

SMOOTHING = 1.0
"""Votes' worth, shared evenly among the labels: unanimity of three is no certainty."""


@dataclass(frozen=True, slots=True)
class MajorityShare:
    """Shares of the votes, made probabilities."""

    labels: tuple[str, ...]
    scaling: Platt

    def posterior(self, votes: Sequence[Vote], candidate: Candidate) -> Vector:
        """The probability of each label (K); the candidate itself does not matter."""
        del candidate
        return self.scaling.calibrated(shares(votes, self.labels))


@dataclass(frozen=True, slots=True)
class MajorityVote:
    """Every vote counts as one."""

    name: str = "majority share + Platt"

    def fit(self, table: GoldTable, unlabelled: Sequence[GoldRow] = ()) -> MajorityShare:
        """Learn what a share is worth; unlabelled rows teach nothing."""
        del unlabelled
        raw = np.array([shares(list(row.votes.values()), table.labels) for row in table.rows])
        return MajorityShare(table.labels, fit_platt(Shown(raw, table.gold, table.weight)))


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """Weights of the annotators, and what is believed before any vote."""

    labels: tuple[str, ...]
    log_prior: Vector
    weights: Mapping[str, float]
    """By annotator: log-odds of its accuracy against one wrong label; below 0 for the contrary."""

    def posterior(self, votes: Sequence[Vote], candidate: Candidate) -> Vector:
        """The probability of each label (K), as if all erred independently."""
        del candidate
        scores = list(self.log_prior)
        for name, label in {v.annotator: v.label for v in votes}.items():
            if label is not None:
                scores[self.labels.index(label)] += self.weights.get(name, 0.0)
        return softmax(scores)


@dataclass(frozen=True, slots=True)
class WeightedVote:
    """Every vote counts by the log-odds of its annotator's smoothed accuracy."""

    name: str = "weighted vote"

    def fit(self, table: GoldTable, unlabelled: Sequence[GoldRow] = ()) -> WeightedShare:
        """Learn the accuracies; unlabelled rows teach nothing."""
        del unlabelled
        others = max(1, len(table.labels) - 1)
        weights = {}
        for name in annotators_in(table.rows):
            accuracy = accuracy_of(name, table)
            weights[name] = float(np.log(accuracy * others / (1.0 - accuracy)))
        prior = tuple(float(p) for p in log_prior(table))
        return WeightedShare(table.labels, prior, weights)


def shares(votes: Sequence[Vote], labels: Sequence[str]) -> Vector:
    """The smoothed share of each label (K) among the votes with one; equal without any."""
    named = list({v.annotator: v.label for v in votes if v.label is not None}.values())
    each = SMOOTHING / len(labels)
    return tuple((named.count(label) + each) / (len(named) + SMOOTHING) for label in labels)


def accuracy_of(name: str, table: GoldTable) -> float:
    """An annotator's smoothed share of right answers, 0 to 1, both excluded."""
    place = {label: number for number, label in enumerate(table.labels)}
    given = [(i, row.votes[name].label) for i, row in enumerate(table.rows) if name in row.votes]
    said = [(i, place[label]) for i, label in given if label is not None]
    places = np.array([i for i, _ in said], dtype=np.int64)
    numbers = np.array([number for _, number in said], dtype=np.int64)
    answers = Answers(numbers, table.gold[places], table.weight[places])
    return float(alike(len(table.labels), answers)[0, 0])
