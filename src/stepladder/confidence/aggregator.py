"""The one shape of all that makes a posterior of several votes, so that it can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.vector import Vector
from stepladder.types import Candidate, Vote


class FittedAggregator(Protocol):
    """What gold taught one way to aggregate."""

    def posterior(self, votes: Sequence[Vote], candidate: Candidate) -> Vector:
        """The probability of each label (K); what it believes beforehand when no vote has one."""
        ...


class Aggregator(Protocol):
    """One way to aggregate, before it is fitted."""

    @property
    def name(self) -> str:
        """How tables call it."""
        ...

    def fit(self, table: GoldTable, unlabelled: Sequence[GoldRow] = ()) -> FittedAggregator:
        """Learn from gold (n rows); `unlabelled` rows may be learnt from without their gold."""
        ...


def annotators_in(rows: Sequence[GoldRow]) -> tuple[str, ...]:
    """Everybody who voted on any of the rows, in the order met."""
    return tuple(dict.fromkeys(name for row in rows for name in row.votes))
