"""How often an annotator says each label when another one is right, smoothed.

Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM
Algorithm" (1979), with the truth known from gold, so that counting is enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

from pydantic import BaseModel, ConfigDict

from stepladder.confidence.vector import Vector

ASSUMED_RIGHT = 2.0
"""Pseudo-counts of a right answer per label before any gold is seen."""
ASSUMED_WRONG = 1.0
"""Pseudo-counts of a wrong answer per label, shared among the other labels."""


class Confusion(BaseModel):
    """Log-probability of each answer (column) given each right label (row)."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    rows: tuple[Vector, ...]
    """K x K natural logarithms; each row's probabilities sum to one."""

    def likelihoods(self, said: int) -> Vector:
        """For each label, the log-probability that the annotator says label number `said`."""
        return tuple(row[said] for row in self.rows)


def fit_confusion(labels: Sequence[str], said: Sequence[str], gold: Sequence[str]) -> Confusion:
    """Smoothed counts of what was said (n labels) against gold (n labels)."""
    counts = Counter(zip(gold, said, strict=True))
    return Confusion(rows=tuple(_row(labels, truth, counts) for truth in labels))


def _row(labels: Sequence[str], truth: str, counts: Counter[tuple[str, str]]) -> Vector:
    others = max(1, len(labels) - 1)
    smoothed = [
        counts[truth, said] + (ASSUMED_RIGHT if said == truth else ASSUMED_WRONG / others)
        for said in labels
    ]
    whole = sum(smoothed)
    return tuple(log(count / whole) for count in smoothed)
