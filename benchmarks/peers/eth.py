"""Cascade routing (Dekoninck, Baader, Vechev, arXiv 2410.10347), given our own posteriors.

A supermodel is a set of models that holds all those asked so far. After each answer the one with
the greatest expected quality less lambda times its cost is chosen. If that is what was asked
already, its label is delivered; if not, its cheapest model not yet asked is asked. The quality of
a set is the top probability of its posterior, and what a larger set's will be is regressed on it,
on gold. One lambda serves all rows: the least whose mean cost on gold is within the budget.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from benchmarks.peers.rows import SILENT, SLACK, Decided, Rows
from stepladder.types.arrays import Flags, Floats, Numbers

LAMBDAS = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 200)])
"""Probability of being right that asking all models has to be worth."""
RIDGE = 1e-3
"""Holds slope and curvature of a regression, for each row."""
NOT_WORTH_IT = 1e-12
"""A gain of rounding errors is none."""


@dataclass(frozen=True, eq=False)
class _Router:
    """What gold taught; sets of models by number (s), as in `Rows.posteriors`."""

    member: Flags
    """Whether a set holds a model (s x m)."""
    usd: Floats
    """Mean cost of each set on gold (s)."""
    quality: Floats
    """Mean top probability of each set on gold (s): all that is known before any answer."""
    larger: Sequence[Numbers]
    """By set, those that hold it and more."""
    gains: Sequence[Floats]
    """By set, coefficients of what each larger one adds to its top probability (3 x larger)."""

    @classmethod
    def learnt(cls, gold: Rows) -> _Router:
        """From gold."""
        member = _members(gold.models)
        top = gold.posteriors.max(axis=2)
        holds = (member[:, None] <= member[None]).all(axis=2) & ~np.eye(len(member), dtype=bool)
        larger = [np.flatnonzero(one) for one in holds]
        held = RIDGE * len(gold) * np.diag([1e-6, 1.0, 1.0])
        gains = []
        for number, others in enumerate(larger):
            powers = _powers(top[number])
            gain = (top[others] - top[number]).T
            gains.append(np.linalg.solve(powers.T @ powers + held, powers.T @ gain))
        usd = member @ gold.usd.mean(axis=0)
        return cls(member, usd, top.mean(axis=1), larger, gains)

    @cached_property
    def _after(self) -> Sequence[Numbers]:
        """By set and larger set, the set once the cheapest model between them was asked too."""
        number = {one.tobytes(): place for place, one in enumerate(self.member)}
        found = []
        for one, others in zip(self.member, self.larger, strict=True):
            more = self.member[others] & ~one
            grown = np.tile(one, (len(others), 1))
            grown[np.arange(len(others)), more.argmax(axis=1)] = True
            found.append(np.array([number[row.tobytes()] for row in grown], dtype=np.int64))
        return found

    @cached_property
    def _alone(self) -> Numbers:
        """By set, the set of its cheapest model alone."""
        return np.asarray(self.member.argmax(axis=1), dtype=np.int64)

    def routed(self, top: Floats, price: float) -> Numbers:
        """The set that each row ends with (n), from the sets' top probabilities (s x n)."""
        first = int((self.quality - price * self.usd).argmax())
        at = np.full(top.shape[1], self._alone[first], dtype=np.int64)
        going = np.ones(len(at), dtype=bool)
        while going.any():
            for number in np.unique(at[going]).tolist():
                rows = np.flatnonzero((at == number) & going)
                self._step(number, rows, top[number, rows], price, at, going)
        return at

    def _step(
        self, number: int, rows: Numbers, now: Floats, price: float, at: Numbers, going: Flags
    ) -> None:
        """Rows that have asked this set: on to a larger one, or done."""
        others = self.larger[number]
        if not len(others):
            going[rows] = False
            return
        # No probability falls in the mean, and none passes 1.
        gain = np.clip(_powers(now) @ self.gains[number], 0.0, 1.0 - now[:, None])
        gain = gain - price * (self.usd[others] - self.usd[number])
        best = gain.argmax(axis=1)
        worth = gain[np.arange(len(rows)), best] > NOT_WORTH_IT
        going[rows[~worth]] = False
        at[rows[worth]] = self._after[number][best[worth]]

    def usd_of(self, at: Numbers, rows: Rows) -> Floats:
        """What the rows' own votes cost (n)."""
        return np.asarray((rows.usd * self.member[at]).sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Routed:
    router: _Router
    price: float

    def decide(self, rows: Rows) -> Decided:
        top = rows.posteriors.max(axis=2)
        at, every = self.router.routed(top, self.price), np.arange(len(rows))
        label = rows.posteriors[at, every].argmax(axis=1)
        return Decided(np.where(top[at, every] > 0, label, SILENT), self.router.usd_of(at, rows))


@dataclass(frozen=True, slots=True)
class CascadeRouting:
    """Lambda by a fine grid, on gold."""

    name: str = "ETH cascade routing"

    def policies(self, gold: Rows, budgets: Floats) -> Sequence[_Routed]:
        """The least lambda within each budget."""
        router = _Router.learnt(gold)
        top = gold.posteriors.max(axis=2)
        routed = [_Routed(router, float(one / router.usd[-1])) for one in LAMBDAS]
        spent = np.array(
            [router.usd_of(router.routed(top, one.price), gold).mean() for one in routed]
        )
        within = [spent <= budget * SLACK for budget in budgets.tolist()]
        return [routed[int(one.argmax()) if one.any() else -1] for one in within]


def _members(models: int) -> Flags:
    """Every set but the empty one, small ones first (s x m)."""
    sets = [one for size in range(1, models + 1) for one in combinations(range(models), size)]
    return np.array([[model in one for model in range(models)] for one in sets], dtype=bool)


def _powers(quality: Floats) -> Floats:
    """n x 3."""
    return np.stack([np.ones_like(quality), quality, quality**2], axis=1)
