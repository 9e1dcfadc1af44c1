"""The label that each set of annotators would deliver, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stepladder.tune.surface import bins_of, grid_of
from stepladder.types.arrays import Floats, Numbers

HITS, CROSSED, OWN = 1 / 3, 1 / 3, 1 / 3
"""Parts of a value: see `Named.value`."""
UNHEARD = -1.0
"""The score of silence."""


class Rule(StrEnum):
    """What accept rules of a route look at."""

    PROBABILITY = "probability"
    AGREE = "agree"


class Binned(NamedTuple):
    """What a tier may accept by."""

    grid: Floats
    """Thresholds, rising."""
    bins: Numbers
    """For each row the place of the first threshold that it stays below (n)."""


@dataclass(frozen=True, eq=False)
class Named:
    """By set (s) and row of gold (n): a label, and what is known of it."""

    label: Numbers
    """Its number (s x n)."""
    posteriors: Floats
    """As the fit gives them to fresh rows with such votes too; zeros in silence (s x n x K)."""
    agreeing: Floats
    """How many of the set name that label (s x n)."""
    crossed: Floats
    """Posteriors given all votes, by fits without the row's group (n x K)."""
    gold: Numbers
    """n."""

    @cached_property
    def probability(self) -> Floats:
        """Of that label (s x n); 0 where nobody in the set named one."""
        found = np.take_along_axis(self.posteriors, self.label[..., None], axis=2)
        return np.asarray(found[..., 0], dtype=np.float64)

    @cached_property
    def silent(self) -> NDArray[np.bool_]:
        """Where nobody in the set named a label (s x n)."""
        return np.asarray(self.posteriors.max(axis=2) == 0.0)

    @cached_property
    def value(self) -> Floats:
        """What delivering each set's label is worth: its chance of being right (s x n).

        The mean of three estimates: whether it is right (without bias, and the noisiest), its
        cross-fitted probability given all votes (Rao and Blackwell's way to less noise, as far
        as the pool is right about itself), and the probability that the policy itself will see
        (the least noise, and rather too sure).
        """
        rows = np.arange(len(self.gold))
        hit = self.label == self.gold
        crossed = self.crossed[rows, self.label]
        found = HITS * hit + CROSSED * crossed + OWN * self.probability
        return np.asarray(np.where(self.silent, 0.0, found), dtype=np.float64)

    def score(self, rule: Rule) -> Floats:
        """What a rule looks at (s x n); below every threshold where nobody named a label."""
        return self._scores[rule]

    @cached_property
    def _scores(self) -> Mapping[Rule, Floats]:
        shown = {Rule.PROBABILITY: self.probability, Rule.AGREE: self.agreeing}
        return {rule: np.where(self.silent, UNHEARD, one) for rule, one in shown.items()}

    def binned(self, rule: Rule, number: int, levels: int) -> Binned:
        """One set's thresholds, and the bins of its scores; worked out once."""
        key = (rule, number, levels)
        if key not in self._binned:
            score = self._scores[rule][number]
            grid = grid_of(score, levels)
            self._binned[key] = Binned(grid, bins_of(score, grid))
        return self._binned[key]

    @cached_property
    def _binned(self) -> dict[tuple[Rule, int, int], Binned]:
        return {}
