"""Posteriors of many candidates at once: what `Fit.posterior` says of each, to the last digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from stepladder.confidence.fit import Fit
from stepladder.confidence.vector import Vector
from stepladder.types import Candidate, Vote
from stepladder.types.arrays import NO_LABEL, Flags, Floats, Numbers


class ManyVotes:
    """The votes about several candidates (n), ready to be pooled by any set of annotators."""

    def __init__(
        self,
        fit: Fit,
        candidates: Sequence[Candidate],
        votes: Mapping[str, Sequence[Vote | None]],
    ) -> None:
        """`votes` are by annotator, one for each candidate (n), None of who was not asked."""
        self._fit = fit
        self._candidates = candidates
        self._votes = votes
        place = {label: number for number, label in enumerate(fit.labels)}
        self.labels: Mapping[str, Numbers] = {
            name: np.array([_number(place, vote) for vote in given], dtype=np.int64)
            for name, given in votes.items()
        }
        """By annotator, the number of the label that it named (n); NO_LABEL for none."""
        self._beside = [(one.share, ManyVotes(one.fit, candidates, votes)) for one in fit.beside]
        self._known = {name: np.zeros(len(candidates), dtype=bool) for name in votes}
        self._vectors = {name: self._vectors_of(name) for name in votes}

    def posteriors(self, names: Sequence[str]) -> Floats:
        """By candidate, the probability of each label (n x K), given these annotators' votes.

        NaN where none of them named a label. `names` are in the order of the ladder.
        """
        found = np.full((len(self._candidates), len(self._fit.labels)), np.nan)
        named = {name: self.labels[name] != NO_LABEL for name in names}
        code = np.zeros(len(found), dtype=np.int64)
        for bit, name in enumerate(names):
            code |= named[name].astype(np.int64) << bit
        code[self._beyond_gold(names)] = 0
        for value in np.unique(code[code > 0]).tolist():
            heard = tuple(name for bit, name in enumerate(names) if value >> bit & 1)
            rows = np.flatnonzero(code == value)
            found[rows] = self._pooled(heard, rows)
        if self._beside:
            found *= self._fit.own_share
            for share, other in self._beside:
                found += share * other.posteriors(names)
        for row in np.flatnonzero((code == 0) & _any(named, len(found))).tolist():
            found[row] = self._by_one(row, names)
        return found

    def calibrated(self, names: Sequence[str]) -> Flags:
        """Whether gold taught about every vote of these annotators (n), as `Fit.calibrated`."""
        named = {name: self.labels[name] != NO_LABEL for name in names}
        found = _any(named, len(self._candidates)) & ~self._beyond_gold(names)
        for name in names:
            found &= self._known[name] | ~named[name]
        return found

    def _pooled(self, heard: tuple[str, ...], rows: Numbers) -> Floats:
        """In the order of `pooled`, term by term, so that sums round alike and ties stay ties."""
        weighing = self._fit.weighing(heard)
        vectors = [self._vectors[name][rows] for name in heard]
        weights = list(weighing.votes)
        if weighing.question:
            vectors.append(self._questions[rows])
            weights.append(weighing.question)
        if weighing.text:
            vectors.append(self._texts[rows])
            weights.append(weighing.text)
        summed = weights[0] * vectors[0]
        for weight, vector in zip(weights[1:], vectors[1:], strict=True):
            summed = summed + weight * vector
        return _softmax(np.array(self._fit.log_prior) + summed)

    def _beyond_gold(self, names: Sequence[str]) -> Flags:
        """Where gold says nothing of these votes (n, true or false): seen one by one."""
        fit = self._fit
        beyond = np.zeros(len(self._candidates), dtype=bool)
        if not fit.rows:
            # There is no gold that they could be beyond.
            return beyond
        unseen = [fit.labels.index(label) for label in fit.unseen]
        known = np.zeros(len(self._candidates), dtype=bool)
        for name in names:
            beyond |= np.isin(self.labels[name], unseen)
            if fit.annotators[name].calibrated:
                known |= self.labels[name] != NO_LABEL
        return beyond | ~known

    def _by_one(self, row: int, names: Sequence[str]) -> Vector:
        given = [self._votes[name][row] for name in names]
        votes = [vote for vote in given if vote is not None]
        posterior = self._fit.posterior(votes, self._candidates[row])
        assert posterior is not None  # noqa: S101 - somebody named a label
        return posterior.probabilities

    def _vectors_of(self, name: str) -> Floats:
        """Log-likelihoods (n x K); zeros where there is no label. Equal votes are read once."""
        fit, read = self._fit, dict[object, tuple[Vector, bool]]()
        found = np.zeros((len(self._candidates), len(fit.labels)))
        for row, vote in enumerate(self._votes[name]):
            if vote is None or vote.label is None:
                continue
            question = self._candidates[row].question
            shown = vote.confidence
            alike = (vote.label, shown.source, tuple(shown.by_label.items()), question)
            if alike not in read:
                own = fit.annotators[name]
                vector = own.vector(vote, fit.labels, fit.log_prior, question)
                assert vector is not None  # noqa: S101 - it has a label
                read[alike] = (vector, own.knows(vote, fit.labels))
            found[row], self._known[name][row] = read[alike]
        return found

    @cached_property
    def _questions(self) -> Floats:
        term, labels = self._fit.question, len(self._fit.labels)
        assert term is not None  # noqa: S101 - some pool listens to it
        return np.array([term.vector(one.question, labels) for one in self._candidates])

    @cached_property
    def _texts(self) -> Floats:
        prior, before = self._fit.text, self._fit.log_prior
        assert prior is not None  # noqa: S101 - some pool listens to it
        return np.array([prior.vector(one.columns, before) for one in self._candidates])


def _number(place: Mapping[str, int], vote: Vote | None) -> int:
    return NO_LABEL if vote is None or vote.label is None else place[vote.label]


def _any(named: Mapping[str, Flags], rows: int) -> Flags:
    found = np.zeros(rows, dtype=bool)
    for one in named.values():
        found |= one
    return found


def _softmax(scores: Floats) -> Floats:
    """As `vector.softmax`, by row (n x K): sums run from the first label to the last."""
    lifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    whole = np.zeros(len(scores))
    for label in range(scores.shape[1]):
        whole = whole + lifted[:, label]
    return np.asarray(lifted / whole[:, None], dtype=np.float64)
