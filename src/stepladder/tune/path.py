"""One number that loosens all thresholds of a ladder together, and what it changes for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from stepladder.tune.ladder import Ladder
from stepladder.types.arrays import Floats, Numbers

CLIP = 1e-12
"""Nearest to 0 and 1 that a probability is taken to be."""
ALIKE = 9
"""Decimals by which two candidates' numbers differ if they do."""
ALWAYS = 1e6
"""In place of infinity: what a threshold of 0 accepts, it accepts at once."""


@dataclass(frozen=True, eq=False)
class Path:
    """A ladder's candidates (n), by how far its thresholds have to fall until they are accepted.

    All thresholds fall by the same number on the scale of log-odds. Candidates that are alike
    fall in the order of their lots, so that a part of them can be accepted.
    """

    ladder: Ladder
    accepted: Floats
    """Place at which each is accepted by some tier (n): the looser, the lower."""
    wrong: Floats
    """Place at which its label was first wrong (n); minus infinity where it never was."""
    falls: Floats
    """The different numbers, from the strictest down."""

    @classmethod
    def of(
        cls,
        ladder: Ladder,
        probability: Sequence[Floats],
        wrong: Sequence[Numbers],
        lot: Floats,
    ) -> Path:
        """By tier, the probability of each candidate's label and whether it is wrong (n each)."""
        falls = np.stack(
            [
                _fall(one, threshold)
                for one, threshold in zip(probability, ladder.thresholds, strict=True)
            ]
        )
        distinct = np.unique(falls[np.isfinite(falls)])[::-1]
        # Places: a whole number for each distinct fall, and the lot between two of them.
        whole = -np.searchsorted(-distinct, -falls).astype(np.float64)
        places = np.where(np.isfinite(falls), whole + np.minimum(lot, 1 - CLIP), -np.inf)
        return cls(ladder, places.max(axis=0), _first_wrong(places, wrong), distinct)

    def at(self, place: float) -> Ladder:
        """The ladder at a place; of those exactly at a threshold, the highest lots are accepted."""
        whole = int(np.floor(place))
        fall = float(self.falls[-whole])
        thresholds = tuple(_fallen(one, fall) for one in self.ladder.thresholds)
        ties = (1.0 - (place - whole),) * len(thresholds)
        return replace(self.ladder, thresholds=thresholds, ties=ties)


def _first_wrong(places: Floats, wrong: Sequence[Numbers]) -> Floats:
    """The highest place at which each candidate stops at a tier whose label is wrong.

    It stops at a tier while the place is above those of all tiers before it.
    """
    found = np.full(places.shape[1], -np.inf)
    before = np.full(places.shape[1], -np.inf)
    for own, is_wrong in zip(places, wrong, strict=True):
        stops = own > before
        found = np.where(stops & (is_wrong != 0), np.maximum(found, own), found)
        before = np.maximum(before, own)
    return found


def _fall(probability: Floats, threshold: float) -> Floats:
    """By how much the threshold has to fall for each probability (n), in log-odds.

    Minus infinity where nobody named a label, or the tier accepts nothing anyway.
    """
    heard = probability > 0.0
    if threshold >= 1.0:
        return np.full(len(probability), -np.inf)
    if threshold <= 0.0:
        return np.where(heard, ALWAYS, -np.inf)
    clipped = np.clip(probability, CLIP, 1 - CLIP)
    found = np.round(np.log(clipped / (1 - clipped)) - log(threshold / (1 - threshold)), ALIKE)
    return np.asarray(np.where(heard, found, -np.inf), dtype=np.float64)


def _fallen(threshold: float, fall: float) -> float:
    if not 0.0 < threshold < 1.0:
        return threshold
    if fall >= ALWAYS:
        return 1.0
    odds = log(threshold / (1 - threshold)) + fall
    return 1.0 / (1.0 + exp(-odds))
