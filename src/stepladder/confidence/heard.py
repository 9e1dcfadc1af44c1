"""What one annotator said to the gold rows, laid out for fits and for what they hold out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stepladder.confidence.choosing import log_losses, normalised
from stepladder.confidence.confusion import Answers, Confusion
from stepladder.confidence.folds import group_folds
from stepladder.confidence.gold import GoldTable
from stepladder.types import Vote
from stepladder.types.arrays import Floats, Numbers

PRIOR_SMOOTHING = 1.0
"""Pseudo-counts per label in the prior."""


def log_prior(table: GoldTable) -> Floats:
    """Natural logarithm of each label's weighted share in the gold, smoothed (K)."""
    counts = np.bincount(table.gold, weights=table.weight, minlength=len(table.labels))
    smoothed = counts + PRIOR_SMOOTHING
    return np.asarray(np.log(smoothed / smoothed.sum()), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Split:
    """Gold rows dealt into folds by group, with the prior that each row's fold may know."""

    table: GoldTable
    seed: int
    """Deals the groups."""

    @cached_property
    def fold(self) -> Numbers:
        """The fold of each row (n); -1 everywhere when there is only one group."""
        found = np.full(len(self.table), -1, dtype=np.int64)
        for number, held in enumerate(group_folds(self.table.groups, self.seed)):
            found[list(held)] = number
        return found

    @cached_property
    def prior(self) -> Floats:
        """For each row, the log prior of the rows outside its fold (n x K)."""
        found = np.zeros((len(self.table), len(self.table.labels)))
        for number in range(int(self.fold.max(initial=-1)) + 1):
            held = self.fold == number
            found[held] = log_prior(self.table.at(np.flatnonzero(~held)))
        return found


@dataclass(frozen=True, eq=False)
class Heard:
    """The rows that one annotator gave a label to."""

    table: GoldTable
    """Those rows (n)."""
    votes: tuple[Vote, ...]
    """Its votes on them (n)."""
    fold: Numbers
    """The fold of each (n)."""
    prior: Floats
    """What the other folds say of each row's label (n x K, logarithms)."""

    @cached_property
    def answers(self) -> Answers:
        """Labels said and labels right, as numbers."""
        place = {label: number for number, label in enumerate(self.table.labels)}
        said = np.array([place[vote.label or ""] for vote in self.votes], dtype=np.int64)
        return Answers(said, self.table.gold, self.table.weight)

    def at(self, places: Numbers) -> Heard:
        """The rows at these places."""
        votes = tuple(self.votes[place] for place in places)
        return Heard(self.table.at(places), votes, self.fold[places], self.prior[places])

    def by_question(self, places: Numbers) -> Mapping[str, Numbers]:
        """For each question, which of these places ask it."""
        asked = np.array(self.table.questions, dtype=object)[places]
        return {str(q): np.flatnonzero(asked == q) for q in dict.fromkeys(asked)}

    def folds(self) -> list[tuple[Numbers, Numbers]]:
        """For each fold, the places to learn from and the places held out."""
        numbers = sorted(set(self.fold.tolist()) - {-1})
        return [(np.flatnonzero(self.fold != n), np.flatnonzero(self.fold == n)) for n in numbers]

    def losses(self, likelihoods: Floats) -> Floats:
        """Log loss (n) of this annotator's vote alone, from held-out log-likelihoods (n x K)."""
        return log_losses(normalised(self.prior + likelihoods), self.table.gold)


@dataclass(frozen=True, slots=True)
class Told:
    """What one annotator said, and where in the whole table."""

    heard: Heard
    places: Numbers
    """Of those rows in the table."""


def heard_of(name: str, split: Split) -> Told:
    """The rows that the annotator of this name gave a label to."""
    rows = split.table.rows
    given = [i for i, row in enumerate(rows) if name in row.votes and row.votes[name].label]
    places = np.array(given, dtype=np.int64)
    votes = tuple(rows[place].votes[name] for place in given)
    heard = Heard(split.table.at(places), votes, split.fold[places], split.prior[places])
    return Told(heard, places)


def held_out_labels(heard: Heard, fit: Callable[[Answers], Confusion]) -> Floats:
    """Log-likelihoods (n x K) of the labels said, by matrices that did not see the group."""
    found = np.zeros_like(heard.prior)
    for learnt, held in heard.folds():
        matrix: Floats = np.array(fit(heard.answers.at(learnt)).rows, dtype=np.float64)
        found[held] = matrix[:, heard.answers.said[held]].T
    return found
