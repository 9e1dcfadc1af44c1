"""How often each of several fits is the best when groups are redrawn: shares to average them by.

With a few dozen groups nothing is surely the best, and whichever is chosen is chosen partly by
chance. So groups are redrawn many times (Rubin, "The Bayesian Bootstrap", 1981), and fits are
averaged by how often each has the least loss: bagged selection (Breiman, "Bagging Predictors",
1996).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepladder.types.arrays import Floats

REDRAWS = 400
"""Times that the groups are redrawn."""


def best_shares(losses: Floats, groups: Sequence[str], weight: Floats, seed: int) -> Floats:
    """How often each fit (f) has the least loss (f x n); rows have a group and a weight (n)."""
    _, member = np.unique(np.array(groups, dtype=object).astype(str), return_inverse=True)
    by_group = np.stack([np.bincount(member, weights=one) for one in losses * weight])
    drawn = np.random.default_rng(seed).dirichlet(np.ones(by_group.shape[1]), size=REDRAWS)
    best = (by_group @ drawn.T).argmin(axis=0)
    return np.asarray(np.bincount(best, minlength=len(losses)) / REDRAWS, dtype=np.float64)
