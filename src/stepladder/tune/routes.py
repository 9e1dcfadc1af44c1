"""Every ladder of some annotators, cheap ones first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

Route = tuple[tuple[str, ...], ...]
"""Whom each tier asks."""


def routes(names: Sequence[str], tiers: int) -> tuple[Route, ...]:
    """Every subset of the names, in their order, cut into at most so many tiers in every way."""
    return tuple(
        tuple(chosen[begin:end] for begin, end in pairwise((0, *cuts, size)))
        for size in range(1, len(names) + 1)
        for chosen in combinations(names, size)
        for more in range(min(tiers, size))
        for cuts in combinations(range(1, size), more)
    )


def asked(route: Route) -> tuple[frozenset[str], ...]:
    """Who has been asked once each tier was."""
    return tuple(
        frozenset(name for tier in route[: number + 1] for name in tier)
        for number in range(len(route))
    )
