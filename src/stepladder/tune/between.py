"""Ladders between two neighbours of the grid: one threshold is raised for a part of candidates.

Where votes are discrete, thresholds come in coarse steps, and a budget that lies between two of
them would be left. Raising a threshold for a share of the candidates that it concerns costs and
gains that share of the step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepladder.types.arrays import Floats


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the way from one place of a route's grid to the next along one tier."""

    place: tuple[int, ...]
    """Where it begins, by accepting tier."""
    tier: int
    """Whose threshold is raised."""
    share: float
    """How far, 0 to 1."""
    value: float
    usd: float
    accepted: float
    """Of the ladder between, as of any."""


def best_step(sums: Floats, usd: float) -> Step | None:
    """The step that ends exactly at this cost and is worth most; None where none crosses it.

    `sums` are value, cost and accepted share for all thresholds of a route (3 x …).
    """
    found = None
    for tier in range(sums.ndim - 1):
        axis = tier + 1
        low = np.take(sums, range(sums.shape[axis] - 1), axis=axis)
        high = np.take(sums, range(1, sums.shape[axis]), axis=axis)
        crossing = (low[1] <= usd) & (high[1] > usd)
        if not crossing.any():
            continue
        share = np.where(crossing, (usd - low[1]) / np.where(crossing, high[1] - low[1], 1.0), 0.0)
        value = np.where(crossing, low[0] + share * (high[0] - low[0]), -np.inf)
        at = np.unravel_index(int(value.argmax()), value.shape)
        if found is None or value[at] > found.value:
            part = float(share[at])
            begin, end = (one.reshape(len(sums), -1)[:, value.argmax()] for one in (low, high))
            worth, cost, accepted = (begin + part * (end - begin)).tolist()
            found = Step(tuple(int(n) for n in at), tier, part, worth, cost, accepted)
    return found


@dataclass(frozen=True, slots=True)
class Raised:
    """A threshold, and which share is accepted of those exactly at it."""

    threshold: float
    ties: float


def raised(score: Floats, weight: Floats, low: float, high: float, share: float) -> Raised:
    """The threshold that goes past this share of the rows from `low` up to `high`, and its ties.

    `score` and `weight` are of all rows (n); ties are the share accepted of those exactly at it.
    """
    places = np.flatnonzero((score >= low) & (score < high))
    if not len(places):
        return Raised(low, 1.0)
    order = places[np.argsort(score[places], kind="stable")]
    past = share * float(weight[order].sum())
    values, begins = np.unique(score[order], return_index=True)
    sums = np.add.reduceat(weight[order], begins)
    before = np.cumsum(sums) - sums
    at = int(np.searchsorted(before, past, side="right")) - 1
    ties = 1.0 - min(1.0, (past - float(before[at])) / float(sums[at]))
    return Raised(float(values[at]), ties)
