"""Whether a tier's accept rules hold for each of many candidates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stepladder.policy import Tier
from stepladder.routing.conditions import Measures, conditions
from stepladder.types.arrays import Flags


def accepted(tier: Tier, of: Measures[NDArray[np.float64]]) -> Flags:
    """As `accepts`, for candidates (n) whose votes name some label: any table, all conditions."""
    found = np.zeros(len(of.probability), dtype=bool)
    for rule in tier.accept:
        holds = np.ones(len(found), dtype=bool)
        for condition in conditions(rule, of):
            holds &= condition.holds
        found |= holds
    return found if tier.accept else ~found
