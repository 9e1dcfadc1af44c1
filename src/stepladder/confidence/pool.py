"""The log-linear pool: softmax of the prior plus the weighted sum of the votes' vectors.

Genest and Zidek, "Combining Probability Distributions" (1986), section 3. Naive Bayes
is the pool with all weights 1; LLM errors are correlated, so that is overconfident.
Weights are at least 0 and held near 1/sqrt(m) for m votes by a ridge, because
calibration sets are small.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from stepladder.confidence.vector import Vector, softmax
from stepladder.types.arrays import Floats, Numbers

RIDGE = 10.0
"""Pull of the weights to where they start, in rows' worth of log loss per squared unit."""


def pooled(log_prior: Vector, vectors: Sequence[Vector], weights: Sequence[float]) -> Vector:
    """The probability of each label, given a vector and a weight per vote."""
    return softmax(
        [
            prior + sum(w * vector[i] for vector, w in zip(vectors, weights, strict=True))
            for i, prior in enumerate(log_prior)
        ]
    )


def equal_weights(votes: int) -> Vector:
    """The weights that fitted ones are held near."""
    return (1.0 / sqrt(votes),) * votes


def fit_weights(
    prior: Floats, vectors: Floats, gold: Numbers, weight: Floats, near: Sequence[float]
) -> Floats:
    """Weights (m) of vectors (n rows x m x K labels), held near others (m).

    `prior` is the log prior of each row (n x K, or K for all), `gold` are label numbers (n),
    `weight` is what each row stands for (n).
    """
    from scipy.optimize import minimize

    start = np.array(near, dtype=np.float64)
    found = minimize(
        _penalised_loss,
        start,
        args=(prior, vectors, gold, weight, start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * len(start),
    )
    return np.asarray(found.x, dtype=np.float64)


def _penalised_loss(
    weights: Floats, prior: Floats, vectors: Floats, gold: Numbers, weight: Floats, near: Floats
) -> tuple[float, Floats]:
    """Summed log loss plus ridge, and its gradient (m)."""
    scores = prior + np.einsum("m,nmk->nk", weights, vectors)
    scores -= scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(gold))
    missed = np.exp(log_p)
    missed[rows, gold] -= 1.0
    missed *= weight[:, None]
    gradient = np.einsum("nk,nmk->m", missed, vectors) + 2 * RIDGE * (weights - near)
    loss = -(weight * log_p[rows, gold]).sum() + RIDGE * np.square(weights - near).sum()
    return float(loss), gradient
