"""Rows of one annotator that states its confidence, as PAC labels takes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.promises.draws import rows_with_usage
from benchmarks.promises.rows import Rows
from benchmarks.recordings import Recording
from stepladder.confidence import GoldRow
from stepladder.routing.lot import lot_of
from stepladder.types.arrays import Flags, Floats

TIES = 1e-6
"""What a lot adds to a confidence, so that no two rows are alike."""


@dataclass(frozen=True, eq=False)
class Stated:
    """All rows of a recording of one annotator, by its own confidence (n)."""

    rows: tuple[GoldRow, ...]
    name: str
    sure: Floats
    """What it states, ties broken by lots (n)."""
    wrong: Flags
    """n."""

    @classmethod
    def of(cls, recording: Recording) -> Stated:
        """Read them; there has to be one annotator, and it has to state its confidence."""
        rows = rows_with_usage(recording)
        (name,) = rows[0].votes
        votes = [row.votes[name] for row in rows]
        stated = np.array([max(vote.confidence.by_label.values()) for vote in votes])
        lots = np.array([lot_of(row.candidate.key) for row in rows])
        wrong = [row.gold != vote.label for row, vote in zip(rows, votes, strict=True)]
        return cls(rows, name, stated + TIES * lots, np.array(wrong, dtype=bool))

    def __len__(self) -> int:
        return len(self.rows)

    def as_rows(self) -> Rows:
        """With stated confidence in place of a posterior."""
        return Rows(self.sure, self.wrong, np.array([row.group for row in self.rows]))
