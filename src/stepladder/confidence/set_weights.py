"""Weights of the pool for every set of annotators at once: projected Newton, in batches.

What is minimised is what `pool.fit_weights` minimises for one set: summed log loss and a ridge
towards equal weights, weights at least 0. Bertsekas, "Projected Newton Methods for Optimization
Problems with Simple Constraints" (1982), with full steps: the loss is convex and nearly quadratic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence.pool import RIDGE
from stepladder.types.arrays import Floats, Numbers

STEPS = 6
"""From equal weights, after which nothing changes in the fourth digit."""
WARM_STEPS = 2
"""From the weights of nearly the same rows."""


@dataclass(frozen=True, eq=False)
class Heldout:
    """Vectors that did not see their row's group, of everything a set may listen to (w)."""

    vectors: Floats
    """n x w x K."""
    prior: Floats
    """Log prior of each row (n x K)."""
    gold: Numbers
    """n."""
    weight: Floats
    """n."""


def every_weight(
    of: Heldout, listened: NDArray[np.bool_], near: Floats, start: Floats, steps: int = STEPS
) -> Floats:
    """Weights (s x w) of sets that each listen to some vectors, held near others (s x w)."""
    found, (rows, width, labels) = start.copy(), of.vectors.shape
    flat = of.vectors.transpose(1, 0, 2).reshape(width, rows * labels)
    pairs = (flat[:, None] * flat[None]).reshape(width * width, rows * labels)
    hit = of.weight @ of.vectors[np.arange(rows), :, of.gold]
    for _ in range(steps):
        p = _softmax(of.prior[None] + (found @ flat).reshape(-1, rows, labels))
        p *= of.weight[None, :, None]
        means = np.einsum("snk,nwk->snw", p, of.vectors, optimize=True)
        gradient = means.sum(axis=1) - hit + 2 * RIDGE * (found - near)
        spread = (p.reshape(len(found), -1) @ pairs.T).reshape(-1, width, width)
        weighed = means / of.weight[None, :, None]
        curvature = spread - weighed.transpose(0, 2, 1) @ means + 2 * RIDGE * np.eye(width)
        # A weight at 0 that the loss pushes below stays there.
        free = listened & ~((found <= 0) & (gradient > 0))
        both = free[:, :, None] & free[:, None, :]
        curvature = np.where(both, curvature, 0) + np.eye(width) * ~free[:, None, :]
        step = np.linalg.solve(curvature, (gradient * free)[..., None])[..., 0]
        found = np.maximum(found - step, 0) * listened
    return np.asarray(found, dtype=np.float64)


def pooled_by_set(vectors: Floats, prior: Floats, weights: Floats) -> Floats:
    """Posteriors (s x n x K) by each set's weights (s x w) of vectors (n x w x K)."""
    return _softmax(prior + np.einsum("sw,nwk->snk", weights, vectors, optimize=True))


def _softmax(scores: Floats) -> Floats:
    lifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(lifted / lifted.sum(axis=-1, keepdims=True), dtype=np.float64)
