"""Where candidates stop on a ladder of thresholds, and what they meet there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stepladder.types.arrays import Floats, Numbers

Value = TypeVar("Value", bound=np.generic)


def stops(scores: Sequence[Floats], thresholds: Sequence[float]) -> Numbers:
    """The number of the first tier at whose threshold each candidate is (n).

    It is the number of thresholds where none is reached. `scores` are by tier (n each), at least
    one, and may go on where thresholds end.
    """
    found = np.full(len(scores[0]), len(thresholds), dtype=np.int64)
    for number in reversed(range(len(thresholds))):
        found[scores[number] >= thresholds[number]] = number
    return found


def at_stop(stop: Numbers, by_tier: Sequence[NDArray[Value]]) -> NDArray[Value]:
    """What each candidate (n) has at the tier where it stops; `by_tier` holds n values each."""
    return np.asarray(np.stack(by_tier)[stop, np.arange(len(stop))])
