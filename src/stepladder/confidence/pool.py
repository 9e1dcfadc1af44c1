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
from numpy.typing import NDArray

from stepladder.confidence.vector import Vector, softmax

RIDGE = 5.0
"""Pull of the weights to 1/sqrt(m), in rows' worth of log loss per squared unit."""


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


def fit_weights(log_prior: Vector, vectors: NDArray[np.float64], gold: NDArray[np.int64]) -> Vector:
    """Weights (m) for vectors of shape (n rows, m votes, K labels) and gold label numbers (n)."""
    from scipy.optimize import minimize

    votes = vectors.shape[1]
    start = np.array(equal_weights(votes))
    found = minimize(
        _penalised_loss,
        start,
        args=(np.array(log_prior), vectors, gold, start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * votes,
    )
    return tuple(float(w) for w in found.x)


def fit_shared_weight(
    log_prior: Vector, vectors: NDArray[np.float64], gold: NDArray[np.int64]
) -> float:
    """One factor c, so that m votes weigh c/sqrt(m) each, for sets without a fit of their own."""
    from scipy.optimize import minimize

    summed = vectors.sum(axis=1, keepdims=True) / sqrt(vectors.shape[1])
    found = minimize(
        _penalised_loss,
        np.ones(1),
        args=(np.array(log_prior), summed, gold, np.ones(1)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)],
    )
    return float(found.x[0])


def _penalised_loss(
    weights: NDArray[np.float64],
    prior: NDArray[np.float64],
    vectors: NDArray[np.float64],
    gold: NDArray[np.int64],
    near: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:
    """Summed log loss plus ridge, and its gradient (m)."""
    scores = prior + np.einsum("m,nmk->nk", weights, vectors)
    scores -= scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(gold))
    missed = np.exp(log_p)
    missed[rows, gold] -= 1.0
    gradient = np.einsum("nk,nmk->m", missed, vectors) + 2 * RIDGE * (weights - near)
    loss = -log_p[rows, gold].sum() + RIDGE * np.square(weights - near).sum()
    return float(loss), gradient
