"""Splits that keep a group on one side, and errors that know groups."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FOLDS = 5


def group_folds(groups: Sequence[str], seed: int, folds: int = FOLDS) -> tuple[frozenset[int], ...]:
    """Row numbers of each fold; groups are dealt out at random, to the smallest fold first.

    Fewer folds come back when there are fewer groups; none for a single group,
    since nothing could be held out.
    """
    members: dict[str, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    if len(members) < 2:
        return ()
    shuffled = list(members.values())
    random.Random(seed).shuffle(shuffled)  # noqa: S311
    dealt: list[list[int]] = [[] for _ in range(min(folds, len(members)))]
    for rows in shuffled:
        min(dealt, key=len).extend(rows)
    return tuple(frozenset(rows) for rows in dealt)


class Mean(NamedTuple):
    """A mean over rows, and how far it may be off."""

    mean: float
    error: float
    """Its standard error, with rows of a group counted as one draw; infinite for one group."""


def grouped_mean(
    values: NDArray[np.float64], groups: Sequence[str], weight: NDArray[np.float64] | None = None
) -> Mean:
    """The weighted mean of values (n) and its standard error by group.

    The sandwich estimator of a ratio: Cochran, "Sampling Techniques" (1977), section 6.4.
    """
    weighed = np.ones(len(values)) if weight is None else weight
    mean = float(np.average(values, weights=weighed))
    _, member = np.unique(np.array(groups, dtype=object).astype(str), return_inverse=True)
    sums = np.bincount(member, weights=weighed * (values - mean))
    count = len(sums)
    if count < 2:
        return Mean(mean, float("inf"))
    spread = count / (count - 1) * float(np.square(sums).sum())
    return Mean(mean, sqrt(spread) / float(weighed.sum()))
