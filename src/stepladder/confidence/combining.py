"""How the votes of one set of annotators are pooled: a weight for each, unless that is rejected.

A weight for each, held near equal ones, is what small calibration sets bear best. Only where
something simpler (one weight for all, one annotator alone) loses clearly less on groups not
seen does it join: two standard errors of the paired difference. What then remains to be
chosen is not: the weights of all ways are averaged by how often each is the best (redrawing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.folds import grouped_mean
from stepladder.confidence.redrawing import best_shares
from stepladder.confidence.ways import TEXT, Combination, Evidence, Way, ways
from stepladder.types.arrays import Floats

REJECTED_AT = 2.0
"""Standard errors by which a weight for each may lose to something simpler."""


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
    judged = [_judged(way, evidence) for way in plain]
    heard = _upheld(judged, evidence)
    if evidence.text is not None:
        richer = [_judged(one.way.with_term(TEXT, evidence.text, 0.0), evidence) for one in heard]
        judged += richer
        if _best(richer).mean < _best(heard).mean:
            heard += richer
    losses, table = np.stack([one.losses for one in heard]), evidence.table
    shares = best_shares(losses, table.groups, table.weight, seed)
    averaged = shares @ np.stack([one.way.weights(evidence) for one in heard])
    parts = {one.way.name: float(share) for one, share in zip(heard, shares, strict=True)}
    return Pool(
        weights={n: float(w) for n, w in zip(evidence.names, averaged, strict=False)},
        question=float(averaged[-2]),
        text=float(averaged[-1]),
        rows=len(evidence.table),
        tried=tuple(one.tried(parts.get(one.way.name, 0.0)) for one in judged),
    )


@dataclass(frozen=True, eq=False)
class _Judged:
    """A way, and how it does on groups that it was not fitted on."""

    way: Way
    losses: Floats
    """By row (n)."""
    mean: float

    def tried(self, share: float) -> Tried:
        """For the record."""
        way = self.way
        return Tried(way=way.name, combination=way.combination, loss=self.mean, share=share)


def _judged(way: Way, evidence: Evidence) -> _Judged:
    losses = way.losses(evidence)
    return _Judged(way, losses, float(np.average(losses, weights=evidence.table.weight)))


def _best(judged: Sequence[_Judged]) -> _Judged:
    return min(judged, key=lambda one: one.mean)


def _upheld(judged: Sequence[_Judged], evidence: Evidence) -> list[_Judged]:
    """Those with a weight for each; all, where a simpler one does clearly better."""
    full = [one for one in judged if one.way.combination is Combination.WEIGHTED]
    simpler = [one for one in judged if one.way.combination is not Combination.WEIGHTED]
    if not full or not simpler:
        return list(judged)
    lost = _best(full).losses - _best(simpler).losses
    table = evidence.table
    behind = grouped_mean(lost, table.groups, table.weight)
    return list(judged) if behind.mean > REJECTED_AT * behind.error else full
