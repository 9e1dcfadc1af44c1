"""Rows of one annotator that states its confidence, as PAC labels takes them."""

from __future__ import annotations

import numpy as np

from benchmarks.promises.draws import rows_with_usage
from benchmarks.promises.rows import Rows
from benchmarks.recordings import Recording
from stepladder.routing.lot import lot_of

TIES = 1e-6
"""What a lot adds to a confidence, so that no two rows are alike."""


def stated_rows(recording: Recording) -> Rows:
    """All rows, with what the one annotator states in place of a posterior, ties broken by lots."""
    rows = rows_with_usage(recording)
    (name,) = rows[0].votes
    votes = [row.votes[name] for row in rows]
    stated = np.array([max(vote.confidence.by_label.values()) for vote in votes])
    lots = np.array([lot_of(row.candidate.key) for row in rows])
    wrong = [row.gold != vote.label for row, vote in zip(rows, votes, strict=True)]
    return Rows(
        stated + TIES * lots, np.array(wrong, dtype=bool), np.array([row.group for row in rows])
    )
