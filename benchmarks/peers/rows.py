"""Recorded rows as arrays, and what a peer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from stepladder.types.arrays import Flags, Floats, Numbers

SILENT = -1
"""In place of a label's number."""
SLACK = 1.001
"""By which the mean cost on gold may pass a budget: the same for all, ours included."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows (n) with the votes of all models, cheap ones first (m)."""

    votes: Numbers
    """Numbers of labels (n x m); SILENT where none was named."""
    gold: Numbers
    """Number of the right label (n)."""
    question: Numbers
    """Number of the question (n), of all questions of the recording."""
    usd: Floats
    """What each model's vote costs (n x m)."""
    posteriors: Floats
    """What our fit makes of every set of models (s x n x K), small sets first; all 0 if silent."""
    questions: int
    """Of the whole recording."""

    @property
    def labels(self) -> int:
        """Labels of the task (K)."""
        return int(self.posteriors.shape[2])

    @property
    def models(self) -> int:
        """How many there are (m)."""
        return int(self.votes.shape[1])

    @property
    def right(self) -> Flags:
        """Whether each vote is right (n x m)."""
        return np.asarray(self.votes == self.gold[:, None])

    def __len__(self) -> int:
        return len(self.gold)


class Decided(NamedTuple):
    """What became of rows (n)."""

    label: Numbers
    """Number of the delivered label (n)."""
    usd: Floats
    """What it cost (n)."""


class Policy(Protocol):
    """Something that labels rows; it may look at their gold only if it says so."""

    def decide(self, rows: Rows) -> Decided:
        """The label and the cost of each row."""


class Peer(Protocol):
    """A way to choose a policy."""

    @property
    def name(self) -> str:
        """For tables."""

    def policies(self, gold: Rows, budgets: Floats) -> Sequence[Policy]:
        """The best policy for each budget, in USD per row, as far as the gold rows tell."""


def most_accurate(accuracy: Floats, usd: Floats, budget: float, *, dear: bool = False) -> int:
    """The place of the best choice within the budget; the cheapest of all if none is.

    Of equals the cheaper one, or the dearer one where `dear`.
    """
    within = usd <= budget * SLACK
    if not within.any():
        return int(usd.argmin())
    equals = within & (accuracy >= accuracy[within].max() - 1e-9)
    ranked = np.where(equals, usd if dear else -usd, -np.inf)
    return int(ranked.argmax())
