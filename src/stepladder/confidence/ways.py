"""Ways to pool the votes of one set of annotators, from one of them alone to a weight for each.

Stacked generalisation (Wolpert, 1992): what is weighed are vectors from fits that did not
see the row's group, and weights are judged on groups that they were not fitted on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np

from stepladder.confidence.choosing import log_losses, normalised
from stepladder.confidence.gold import GoldTable
from stepladder.confidence.pool import fit_weights
from stepladder.types.arrays import Floats, Numbers


class Combination(StrEnum):
    """What a pool does with several votes, simplest first."""

    ALONE = "one annotator alone"
    SHARED = "one weight for all"
    WEIGHTED = "a weight for each"


@dataclass(frozen=True, eq=False)
class Evidence:
    """Held-out vectors of the gold rows that a set of annotators all answered."""

    names: tuple[str, ...]
    """The annotators (m)."""
    votes: Floats
    """n x m x K."""
    question: Floats | None
    """n x K; None where the task asks one question."""
    text: Floats | None
    """n x K; None where there is no prior from columns and text."""
    table: GoldTable
    """Those rows (n)."""
    fold: Numbers
    """The fold of each (n)."""
    prior: Floats
    """What the other folds say of each row's label beforehand (n x K, logarithms)."""


@dataclass(frozen=True, eq=False)
class Way:
    """One way to pool: a few numbers, and what each of them weighs."""

    combination: Combination
    heard: tuple[str, ...]
    """The annotators it listens to."""
    vectors: Floats
    """n x w x K."""
    near: tuple[float, ...]
    """Where the numbers start, and are held near (w)."""
    free: bool
    """Whether they are fitted at all."""
    terms: tuple[str, ...] = ()
    """`question` and `text`, where they have the last of the numbers."""

    @property
    def name(self) -> str:
        """For reports."""
        alone = f": {self.heard[0]}" if self.combination is Combination.ALONE else ""
        return ", ".join((f"{self.combination.value}{alone}", *self.terms))

    def numbers(self, evidence: Evidence, places: Numbers) -> Floats:
        """The numbers (w), fitted on the rows at these places."""
        if not self.free:
            return np.array(self.near)
        table = evidence.table
        gold, weight = table.gold[places], table.weight[places]
        return fit_weights(evidence.prior[places], self.vectors[places], gold, weight, self.near)

    def losses(self, evidence: Evidence) -> Floats:
        """Log loss of each row (n) by numbers fitted without its group."""
        scores = np.zeros(evidence.votes.shape[::2])
        for fold in sorted(set(evidence.fold.tolist())):
            held = evidence.fold == fold
            numbers = self.numbers(evidence, np.flatnonzero(~held))
            scores[held] = evidence.prior[held] + np.einsum(
                "w,nwk->nk", numbers, self.vectors[held]
            )
        return log_losses(normalised(scores), evidence.table.gold)

    def weights(self, evidence: Evidence) -> Floats:
        """The weight of each annotator, of the question and of the text (m + 2)."""
        numbers = self.numbers(evidence, np.arange(len(evidence.table)))
        terms = dict(zip(self.terms, numbers[len(numbers) - len(self.terms) :], strict=True))
        own = {name: self._weight_of(name, numbers) for name in self.heard}
        return np.array(
            [*(own.get(n, 0.0) for n in evidence.names), *(terms.get(t, 0.0) for t in TERMS)]
        )

    def _weight_of(self, name: str, numbers: Floats) -> float:
        match self.combination:
            case Combination.ALONE:
                return float(numbers[0])
            case Combination.SHARED:
                return float(numbers[0]) / sqrt(len(self.heard))
            case Combination.WEIGHTED:
                return float(numbers[self.heard.index(name)])

    def with_term(self, term: str, vectors: Floats, near: float) -> Way:
        """The same with one more vector (n x K)."""
        return Way(
            self.combination,
            self.heard,
            np.concatenate([self.vectors, vectors[:, None]], axis=1),
            (*self.near, near),
            free=True,
            terms=(*self.terms, term),
        )


QUESTION, TEXT = TERMS = ("question", "text")
"""What may be listened to beside annotators."""


def ways(evidence: Evidence) -> Iterator[Way]:
    """All but those with the text, simplest first."""
    for way in _of_votes(evidence):
        yield way
        if evidence.question is not None:
            yield way.with_term(QUESTION, evidence.question, 1.0)


def _of_votes(evidence: Evidence) -> Iterator[Way]:
    names, best = evidence.names, _best_alone(evidence)
    votes, count = evidence.votes, len(evidence.names)
    yield Way(Combination.ALONE, (names[best],), votes[:, [best]], (1.0,), free=False)
    if count > 1:
        summed = votes.sum(axis=1, keepdims=True) / sqrt(count)
        yield Way(Combination.SHARED, names, summed, (1.0,), free=True)
        yield Way(Combination.WEIGHTED, names, votes, (1 / sqrt(count),) * count, free=True)


def _best_alone(evidence: Evidence) -> int:
    """The annotator whose vote alone has the least held-out loss."""
    losses = [
        np.average(
            log_losses(normalised(evidence.prior + evidence.votes[:, n]), evidence.table.gold),
            weights=evidence.table.weight,
        )
        for n in range(len(evidence.names))
    ]
    return int(np.argmin(losses))
