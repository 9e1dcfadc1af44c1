"""How the votes of one set of annotators are pooled: ways averaged by how well they hold up.

With a few dozen groups no way to pool is surely the best. So groups are redrawn many
times (Rubin, "The Bayesian Bootstrap", 1981), and the weights of all ways are averaged by
how often each has the least loss: bagged selection (Breiman, "Bagging Predictors", 1996).
Where one annotator alone, at its label, holds up best, that is what comes out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.gold import Floats
from stepladder.confidence.ways import TEXT, Combination, Evidence, Way, ways

REDRAWS = 400
"""Times that the groups are redrawn."""


class Tried(BaseModel):
    """One way to pool, and how it did."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    way: str
    """Its name."""
    combination: Combination
    """What it does with the votes."""
    loss: float
    """Cross-validated log loss, nats per row."""
    share: float
    """How often it was best when groups were redrawn, 0 to 1: its part in the weights."""


class Pool(BaseModel):
    """The weights of one set of annotators."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    weights: dict[str, float]
    """By annotator; 0 for those who are not listened to."""
    question: float
    """Weight of what the question says; 0 where that does not help."""
    text: float
    """Weight of what the candidate's columns and text say; 0 where that does not help."""
    rows: int
    """Rows of gold that all of them answered."""
    tried: tuple[Tried, ...]
    """Every way, simplest first."""

    @property
    def leading(self) -> Tried:
        """The way with the largest part."""
        return max(self.tried, key=lambda one: one.share)


def combine(evidence: Evidence, seed: int) -> Pool:
    """The pool of a set of annotators; `seed` redraws the groups."""
    return _averaged(list(ways(evidence)), evidence, seed)


def combine_shared(evidence: Evidence, seed: int) -> Pool:
    """The pool with one weight for everybody, for the sets that have no pool of their own."""
    shared = [way for way in ways(evidence) if way.combination is Combination.SHARED]
    return _averaged(shared, evidence, seed)


def _averaged(plain: Sequence[Way], evidence: Evidence, seed: int) -> Pool:
    found = list(plain)
    losses = [way.losses(evidence) for way in found]
    admitted = len(found)
    if evidence.text is not None:
        found += [way.with_term(TEXT, evidence.text, 0.0) for way in plain]
        losses += [way.losses(evidence) for way in found[admitted:]]
        if _least(losses[admitted:], evidence) < _least(losses[:admitted], evidence):
            admitted = len(found)
    shares = _shares(np.stack(losses[:admitted]), evidence, seed)
    weights = np.stack([way.weights(evidence) for way in found[:admitted]])
    averaged = [float(weight) for weight in shares @ weights]
    return Pool(
        weights=dict(zip(evidence.names, averaged, strict=False)),
        question=averaged[-2],
        text=averaged[-1],
        rows=len(evidence.table),
        tried=_tried(found, losses, shares, evidence),
    )


def _least(losses: Sequence[Floats], evidence: Evidence) -> float:
    return min(float(np.average(one, weights=evidence.table.weight)) for one in losses)


def _shares(losses: Floats, evidence: Evidence, seed: int) -> Floats:
    """How often each way (w) has the least loss (w x n) when groups are redrawn."""
    groups = np.array(evidence.table.groups, dtype=object).astype(str)
    _, member = np.unique(groups, return_inverse=True)
    weighed = losses * evidence.table.weight
    by_group = np.stack([np.bincount(member, weights=one) for one in weighed])
    drawn = np.random.default_rng(seed).dirichlet(np.ones(by_group.shape[1]), size=REDRAWS)
    best = (by_group @ drawn.T).argmin(axis=0)
    return np.asarray(np.bincount(best, minlength=len(losses)) / REDRAWS, dtype=np.float64)


def _tried(
    found: Sequence[Way], losses: Sequence[Floats], shares: Floats, evidence: Evidence
) -> tuple[Tried, ...]:
    padded = [*shares, *[0.0] * (len(found) - len(shares))]
    return tuple(
        Tried(
            way=way.name,
            combination=way.combination,
            loss=float(np.average(one, weights=evidence.table.weight)),
            share=float(share),
        )
        for way, one, share in zip(found, losses, padded, strict=True)
    )
