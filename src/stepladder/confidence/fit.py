"""Everything that gold taught about a policy's annotators, as one frozen, storable value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from json import dumps
from math import log, sqrt
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from stepladder.confidence.annotator import AnnotatorFit
from stepladder.confidence.combining import Pool
from stepladder.confidence.pool import pooled
from stepladder.confidence.prior import TextPrior
from stepladder.confidence.question import QuestionTerm
from stepladder.confidence.vector import Vector
from stepladder.types import Candidate, Posterior, Vote


class Weighing(NamedTuple):
    """The weights of a pool."""

    votes: tuple[float, ...]
    """By annotator, in the order asked for (m)."""
    question: float
    """Of what the question says; 0 where it is not listened to."""
    text: float
    """Of what the candidate itself says; 0 where that is not listened to."""


class Beside(BaseModel):
    """Another fit of the same gold, and its part in the posterior."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    share: float
    """From 0 to 1."""
    fit: Fit
    """Smoothed more or less than the first."""


class Fit(BaseModel):
    """Turns votes into a posterior; stored as JSON in the ledger, so that a resume reuses it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    labels: tuple[str, ...]
    """The task's labels, in the order of every vector."""
    rows: int
    """Rows of gold that it was learnt from."""
    log_prior: Vector
    """Natural logarithm of each label's share in gold, smoothed; uniform with too little gold."""
    unseen: tuple[str, ...] = ()
    """Labels that no row of gold has: votes that name one count as before any gold."""
    annotators: dict[str, AnnotatorFit]
    """By name."""
    pools: dict[str, Pool]
    """For each set of annotators that a route can produce (by `set_name`), its weights."""
    shared: float = 1.0
    """Factor c for every other set: m votes weigh c/sqrt(m) each; a single one weighs 1."""
    shared_question: float = 0.0
    """Weight of the question's term for every other set."""
    shared_text: float = 0.0
    """Weight of the prior from columns and text for every other set."""
    question: QuestionTerm | None = None
    """What the question says; None where no pool listens to it."""
    text: TextPrior | None = None
    """What a candidate's columns and text say; None where no pool listens to it."""
    beside: tuple[Beside, ...] = ()
    """Others that the posterior is averaged with; this one has the share that they leave."""

    @property
    def own_share(self) -> float:
        """This fit's own part in the posterior, from 0 to 1."""
        return 1.0 - sum(one.share for one in self.beside)

    def posterior(self, votes: Sequence[Vote], candidate: Candidate) -> Posterior | None:
        """What the votes about a candidate amount to; None when no vote carries a label.

        Where one names a label that gold never has, or none comes from a calibrated annotator,
        gold says nothing of them together.
        """
        if self._beyond_gold(votes):
            return self.before_gold.posterior(votes, candidate)
        vectors: dict[str, Vector] = {}
        for vote in votes:
            vector = self.annotators[vote.annotator].vector(
                vote, self.labels, self.log_prior, candidate.question
            )
            if vector is not None:
                vectors[vote.annotator] = vector
        if not vectors:
            return None
        weighing = self.weighing(tuple(vectors))
        weighed, weights = list(vectors.values()), list(weighing.votes)
        self._add_terms(weighing, candidate, weighed, weights)
        own = pooled(self.log_prior, weighed, weights)
        return Posterior(self.labels, self._averaged(own, votes, candidate))

    def _averaged(self, own: Vector, votes: Sequence[Vote], candidate: Candidate) -> Vector:
        found = tuple(self.own_share * p for p in own) if self.beside else own
        for one in self.beside:
            other = one.fit.posterior(votes, candidate)
            if other is not None:
                pairs = zip(found, other.probabilities, strict=True)
                found = tuple(p + one.share * q for p, q in pairs)
        return found

    def weighing(self, names: tuple[str, ...]) -> Weighing:
        """What the votes of these annotators weigh, and what is listened to beside them."""
        pool = self.pools.get(set_name(names))
        if pool is None:
            each = 1.0 if len(names) == 1 else self.shared / sqrt(len(names))
            votes = (each,) * len(names)
            question, text = self.shared_question, self.shared_text
        else:
            votes = tuple(pool.weights[name] for name in names)
            question, text = pool.question, pool.text
        return Weighing(
            votes,
            question=question if self.question is not None else 0.0,
            text=text if self.text is not None else 0.0,
        )

    def calibrated(self, votes: Sequence[Vote]) -> bool:
        """Whether gold taught about every vote with a label, and about every label."""
        named = [vote for vote in votes if vote.label is not None]
        if not named or self._beyond_gold(votes):
            return False
        return all(self.annotators[vote.annotator].knows(vote, self.labels) for vote in named)

    @cached_property
    def before_gold(self) -> Fit:
        """The same annotators as if there were no gold."""
        labels = len(self.labels)
        return Fit(
            labels=self.labels,
            rows=0,
            log_prior=(-log(labels),) * labels,
            annotators={
                name: AnnotatorFit.untaught(labels, one.offset)
                for name, one in self.annotators.items()
            },
            pools={},
        )

    def _beyond_gold(self, votes: Sequence[Vote]) -> bool:
        """Whether gold says nothing of such votes: nobody trusted gave one, or its label is new."""
        named = [vote for vote in votes if vote.label is not None]
        if not self.rows or not named:
            return False
        if any(vote.label in self.unseen for vote in named):
            return True
        return not any(self.annotators[vote.annotator].calibrated for vote in named)

    def _add_terms(
        self, weighing: Weighing, candidate: Candidate, vectors: list[Vector], weights: list[float]
    ) -> None:
        """Add what the question and the candidate itself say, where they are listened to."""
        if weighing.question and self.question is not None:
            vectors.append(self.question.vector(candidate.question, len(self.labels)))
            weights.append(weighing.question)
        if weighing.text and self.text is not None:
            vectors.append(self.text.vector(candidate.columns, self.log_prior))
            weights.append(weighing.text)


@lru_cache(maxsize=4096)
def set_name(names: tuple[str, ...]) -> str:
    """One name for a set of annotators, whatever their order and characters: a JSON list."""
    return dumps(sorted(names))
