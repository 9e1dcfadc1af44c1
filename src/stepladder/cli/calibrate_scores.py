"""Figures of probabilities as the cells of a table."""

from __future__ import annotations

from collections.abc import Sequence

from stepladder.confidence.figures import Figures

SCORES = ("rows", "log loss", "Brier", "right", "ECE", "by chance", "debiased")
"""The columns."""
NUMBERS = frozenset(SCORES)


def scores(figures: Figures | None, rows: int) -> Sequence[str]:
    """One cell for each column; only the rows where there are no figures."""
    if figures is None:
        return [f"{rows:,}", *[""] * (len(SCORES) - 1)]
    found = figures.reliability
    return [
        f"{figures.rows:,}",
        f"{figures.log_loss:.3f}",
        f"{figures.brier:.3f}",
        f"{figures.accuracy:.1%}",
        f"{found.error:.3f}",
        f"{found.by_chance:.3f}",
        f"{found.debiased:+.3f}",
    ]
