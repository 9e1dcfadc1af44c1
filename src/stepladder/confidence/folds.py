"""Splits that keep a group on one side."""

from __future__ import annotations

import random
from collections.abc import Sequence

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
