"""Rows as a procedure sees them, and what it delivers, in arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence import Fit, GoldRow
from stepladder.confidence.many import ManyVotes
from stepladder.routing.lot import lot_of
from stepladder.types.arrays import Flags, Floats

TIES = 1e-9
"""What a lot adds to a probability, so that no two rows are alike."""
ALL, NONE = -np.inf, np.inf
"""Thresholds that accept every row, and none."""


class Delivered(NamedTuple):
    """What became of the rest."""

    accepted: float
    """Share that machines labelled."""
    broken: bool
    """Whether the error promised is passed."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows (n) under one frozen posterior."""

    top: Floats
    """The largest probability, ties broken by lots (n)."""
    wrong: Flags
    """Whether its label is wrong (n)."""
    group: NDArray[np.str_]
    """By name (n)."""

    @classmethod
    def of(cls, fit: Fit, names: Sequence[str], rows: Sequence[GoldRow]) -> Rows:
        """With the posterior of all these annotators pooled."""
        votes = {name: [row.votes.get(name) for row in rows] for name in names}
        posterior = ManyVotes(fit, [row.candidate for row in rows], votes).posteriors(names)
        gold = np.array([fit.labels.index(row.gold) for row in rows])
        lots = np.array([lot_of(row.candidate.key) for row in rows])
        return cls(
            posterior.max(axis=1) + TIES * lots,
            np.asarray(posterior.argmax(axis=1) != gold),
            np.array([row.group for row in rows]),
        )

    def __len__(self) -> int:
        return len(self.top)

    def at(self, places: NDArray[np.int64]) -> Rows:
        """The rows at these places."""
        return Rows(self.top[places], self.wrong[places], self.group[places])

    def joined(self, other: Rows) -> Rows:
        """These, and the others after them."""
        return Rows(
            np.append(self.top, other.top),
            np.append(self.wrong, other.wrong),
            np.append(self.group, other.group),
        )

    def above_all_but(self, most: int) -> float:
        """The loosest threshold that accepts at most so many wrong rows; NONE below zero."""
        if most < 0:
            return NONE
        bad = np.sort(self.top[self.wrong])[::-1]
        return float(np.nextafter(bad[most], NONE)) if most < len(bad) else ALL

    def delivered(self, threshold: float, error: float) -> Delivered:
        """Rows from the threshold up are accepted; the promise is of all rows."""
        return judged(self.top >= threshold, self.wrong, error)

    def delivered_of_accepted(self, threshold: float, error: float) -> Delivered:
        """The same, but the promise is of the accepted rows alone."""
        accepted = self.top >= threshold
        wrong = int((accepted & self.wrong).sum())
        return Delivered(float(accepted.mean()), wrong > error * accepted.sum() + TIES)


def judged(accepted: Flags, wrong: Flags, error: float, rows: int | None = None) -> Delivered:
    """Wrong accepted labels among all rows, by default these (n)."""
    among = len(accepted) if rows is None else rows
    mistakes = int((accepted & wrong).sum())
    return Delivered(float(accepted.sum() / among), mistakes > error * among + TIES)
