"""How good probabilities were, in figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepladder.confidence.gold import GoldTable
from stepladder.confidence.reliability import Reliability, brier, log_loss, reliability
from stepladder.types.arrays import Floats


@dataclass(frozen=True, slots=True)
class Figures:
    """Of posteriors against gold, rows weighed by what they stand for."""

    rows: int
    log_loss: float
    """Nats per row."""
    brier: float
    """Squared distance to the truth, 0 to 2."""
    accuracy: float
    """Share of rows whose top label is right, 0 to 1."""
    reliability: Reliability
    """Of the top labels."""


def figures_of(posteriors: Floats, table: GoldTable) -> Figures:
    """Figures of posteriors (n x K) of a table's rows (n, at least two)."""
    right = posteriors.argmax(axis=1) == table.gold
    top = posteriors.max(axis=1)
    return Figures(
        rows=len(table),
        log_loss=log_loss(posteriors, table.gold, table.weight),
        brier=brier(posteriors, table.gold, table.weight),
        accuracy=float(np.average(right, weights=table.weight)),
        reliability=reliability(np.minimum(top, 1.0), right, weight=table.weight),
    )
