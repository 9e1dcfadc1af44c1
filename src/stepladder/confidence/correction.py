"""What a model prefers before it has read anything, taken out of its token probabilities.

Contextual: Zhao et al., "Calibrate Before Use" (2102.09690), section 5: divide by what the
model says to texts without content. Batch: Zhou et al., "Batch Calibration" (2309.17249),
section 3: subtract the mean of the log-probabilities over many candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from stepladder.confidence.reading import raw_probabilities
from stepladder.confidence.scaling import CLIP
from stepladder.confidence.vector import Vector, softmax
from stepladder.types import Source, Vote

FEWEST = 10
"""Candidates below which a batch mean is rather their content than the model's preference."""


def contextual(labels: Sequence[str], content_free: Sequence[Vote]) -> Vector | None:
    """What to subtract from log-probabilities: the log of the mean content-free answer."""
    shown = _shown(labels, content_free)
    if not shown:
        return None
    return tuple(log(max(CLIP, sum(column) / len(shown))) for column in zip(*shown, strict=True))


def batch(labels: Sequence[str], votes: Sequence[Vote], weights: Sequence[float]) -> Vector | None:
    """What to subtract from log-probabilities: their mean over these candidates' votes.

    `weights` say what each candidate stands for (n).
    """
    logs, stands = [], []
    for vote, weight in zip(votes, weights, strict=True):
        for row in _shown(labels, [vote]):
            logs.append([log(max(CLIP, p)) for p in row])
            stands.append(weight)
    if len(logs) < FEWEST:
        return None
    columns, whole = zip(*logs, strict=True), sum(stands)
    return tuple(
        sum(w * x for w, x in zip(stands, column, strict=True)) / whole for column in columns
    )


def corrected(raw: Sequence[float], offset: Vector) -> Vector:
    """Raw probabilities with the offset taken out, summing to one again."""
    return softmax([log(max(CLIP, p)) - o for p, o in zip(raw, offset, strict=True)])


def _shown(labels: Sequence[str], votes: Sequence[Vote]) -> list[Vector]:
    by_tokens = [v for v in votes if v.confidence.source is Source.TOKEN_PROBABILITIES]
    return [raw for v in by_tokens if (raw := raw_probabilities(v, labels)) is not None]
