"""Every route with every combination of thresholds, and the best of them for a goal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from stepladder.policy import Deliver
from stepladder.tune.bench import Bench
from stepladder.tune.between import Step, best_step, raised
from stepladder.tune.comparing import error_of
from stepladder.tune.goal import AsGoodAsTheBest, AtMostError, ErrorCost, Goal, WithinBudget
from stepladder.tune.ladder import End, Ladder, Rung
from stepladder.tune.naming import Rule
from stepladder.tune.promise import Of
from stepladder.tune.route_surface import Surface, surface_of
from stepladder.tune.routes import Route, asked, routes
from stepladder.types.arrays import Floats, Numbers

TIE = 1e-9
"""Of the dearest policy's cost: between equal values the dearer one, since a few hundred rows often
cannot see what one more opinion is good for; between equal costs the more accurate one."""
SLACK = 1.001
"""By which the mean cost on gold may pass a budget: thresholds come in steps."""


@dataclass(frozen=True, eq=False)
class Search:
    """All ladders (l) as three columns of figures."""

    surfaces: Sequence[Surface]
    starts: Numbers
    """The number of each surface's first ladder."""
    value: Floats
    usd: Floats
    accepted: Floats
    end: End

    @classmethod
    def over(cls, bench: Bench, tiers: int, end: End, wage: float, rules: Sequence[Rule]) -> Search:
        """Every ladder of at most so many tiers of machines; `wage` is a person's, in USD."""
        surfaces = [
            one
            for deliver, rule in product(Deliver, rules)
            for route in routes(bench.names, tiers)
            if (one := surface_of(bench, route, deliver, rule, end, wage)) is not None
        ]
        columns = [one.sums.reshape(3, -1) for one in surfaces]
        sizes = [column.shape[1] for column in columns]
        value, usd, accepted = np.concatenate(columns, axis=1)
        starts = np.cumsum([0, *sizes[:-1]])
        return cls(surfaces, starts, value, usd, accepted, end)

    def rung(self, number: int) -> Rung:
        """The ladder of that number."""
        place = int(np.searchsorted(self.starts, number, side="right")) - 1
        found = self.surfaces[place]
        sizes = [len(grid) for grid in found.grids]
        at = np.unravel_index(number - int(self.starts[place]), sizes) if sizes else ()
        thresholds = tuple(float(g[i]) for g, i in zip(found.grids, at, strict=True))
        return Rung(
            Ladder(found.route, found.rule, thresholds, self.end, deliver=found.deliver),
            float(self.value[number]),
            float(self.usd[number]),
            float(self.accepted[number]),
        )

    def best(self, goal: Goal, bench: Bench) -> Rung | None:
        """The ladder that serves the goal best; None where none serves it."""
        match goal:
            case WithinBudget(usd):
                return self._within(usd, bench)
            case AtMostError(error, of):
                return self._allowed(error, of)
            case ErrorCost(usd):
                return self._cheapest_of(self.usd + usd * (1.0 - self.value))
            case AsGoodAsTheBest():
                best = float(self.value.max())
                return self._cheapest(self.value >= best - error_of(bench, best))
            case _:
                assert_never(goal)

    def best_of(self, route: Route, goal: AtMostError) -> Rung | None:
        """The best ladder of one route that delivers the pooled label by its probability."""
        wanted = (route, Deliver.POOL, Rule.PROBABILITY)
        for found, start in zip(self.surfaces, self.starts.tolist(), strict=True):
            if (found.route, found.deliver, found.rule) == wanted:
                size = found.sums.reshape(3, -1).shape[1]
                among = np.zeros(len(self.value), dtype=bool)
                among[start : start + size] = True
                return self._cheapest(among & self._may_err(goal.error, goal.of))
        return None

    def _may_err(self, error: float, of: Of) -> NDArray[np.bool_]:
        among = self.accepted if of is Of.ACCEPTED or self.end is End.NOBODY else 1.0
        return np.asarray(1.0 - self.value <= error * among + TIE)

    def _allowed(self, error: float, of: Of) -> Rung | None:
        """The cheapest that errs no more; where nobody labels the rest, that leaves the least."""
        allowed = self._may_err(error, of)
        if self.end is End.NOBODY and allowed.any():
            most = float(self.accepted[allowed].max())
            allowed &= self.accepted >= most - TIE
        return self._cheapest(allowed)

    def _within(self, usd: float, bench: Bench) -> Rung | None:
        """The most valuable; what a budget leaves may buy a part of the next threshold."""
        best = self._most_valuable(self.usd <= usd * SLACK)
        steps = ((one, best_step(one.sums, usd)) for one in self.surfaces if one.fine)
        crossing = [(found, step) for found, step in steps if step is not None]
        if best is None or not crossing:
            return best
        found, step = max(crossing, key=lambda one: one[1].value)
        return self._between(found, step, bench) if step.value > best.value + TIE else best

    def _between(self, found: Surface, step: Step, bench: Bench) -> Rung:
        thresholds = [float(g[i]) for g, i in zip(found.grids, step.place, strict=True)]
        ties, tier = [1.0] * len(thresholds), step.tier
        one = bench.number[asked(found.route)[tier]]
        high = float(found.grids[tier][step.place[tier] + 1])
        score = bench.named[found.deliver].score(found.rule)[one]
        raised_to = raised(score, bench.table.weight, thresholds[tier], high, step.share)
        thresholds[tier], ties[tier] = raised_to.threshold, raised_to.ties
        ladder = Ladder(
            found.route, found.rule, tuple(thresholds), self.end, tuple(ties), found.deliver
        )
        return Rung(ladder, step.value, step.usd, step.accepted)

    def _most_valuable(self, among: np.ndarray) -> Rung | None:
        if not among.any():
            return None
        ranked = self.value + TIE * self.usd / max(float(self.usd.max()), TIE)
        return self.rung(int(np.where(among, ranked, -np.inf).argmax()))

    def _cheapest(self, among: np.ndarray) -> Rung | None:
        if not among.any():
            return None
        return self._cheapest_of(np.where(among, self.usd, np.inf))

    def _cheapest_of(self, usd: Floats) -> Rung:
        return self.rung(int((usd - TIE * float(self.usd.max()) * self.value).argmin()))

    def frontier(self) -> Iterator[Rung]:
        """Ladders that no cheaper one is as good as, by rising cost.

        Good is a right label; where nobody labels the rest, one that is missing is none.
        """
        missing = 1.0 - self.accepted if self.end is End.NOBODY else 0.0
        good = self.value - missing
        order = np.lexsort((-good, self.usd))
        best = np.maximum.accumulate(good[order])
        better = np.append(True, best[1:] > best[:-1] + TIE)
        return (self.rung(int(number)) for number in order[better])
