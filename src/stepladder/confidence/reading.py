"""Raw confidence as one number per label, whatever the annotator gave."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from stepladder.confidence.vector import Vector
from stepladder.types import Source, Vote

SLACK = 1e-6
"""How far probabilities may sum beyond one before they are rather scores of some other kind."""


def raw_probabilities(vote: Vote, labels: Sequence[str]) -> Vector | None:
    """Raw confidence by label, in the order of `labels`, summing to one; None if there is none.

    What is given for some labels leaves a rest, which the others share evenly; what is
    given for all and sums to less is scaled. Numbers that are no probabilities (NaN,
    below 0, above 1, a sum beyond one), or not of these labels alone, are no confidence:
    the vote then only names a label.
    """
    given = vote.confidence.by_label
    if vote.confidence.source is Source.NONE or not given:
        return None
    whole = sum(given.values())
    if not isfinite(whole) or any(not 0.0 <= p <= 1.0 + SLACK for p in given.values()):
        return None
    if whole > 1.0 + SLACK or whole <= 0.0:
        return None
    silent = sum(label not in given for label in labels)
    if len(given) > len(labels) - silent:
        return None
    share = max(0.0, 1.0 - whole) / silent if silent else 0.0
    # Divided, not multiplied by an inverse, which a tiny sum would make infinite.
    over = 1.0 if silent else whole
    return tuple(given[label] / over if label in given else share for label in labels)
