"""What a run would use and cost, likely and at worst, before anything is sent."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence

from stepladder.engine.bounds import Bounds
from stepladder.engine.burden import Estimate
from stepladder.engine.content_free import content_free, contextual
from stepladder.engine.intake import candidates_at, look_through
from stepladder.engine.load import Load
from stepladder.engine.setup import Setup
from stepladder.engine.staff import Staff
from stepladder.types import Candidate

SAMPLE = 10_000
"""Candidates whose likely usage is guessed one by one; the others' as these relate to bounds."""
MOST_STORED = 2**64 - 1
"""pico-USD: a route that costs more than 18 million USD counts as that."""


def estimate(
    setup: Setup, candidates: Iterable[Candidate], seed: int, *, sample: int = SAMPLE
) -> Estimate:
    """Add up quotes and likely prices; nobody is asked.

    `seed` chooses the calibration rows as the run would; the likely price stands on the first
    `sample` candidates, the worst case on all. Raises TableError for a bad row.
    """
    estimator = Estimator(setup, sample)
    intake = look_through(candidates, setup.policy, seed, [estimator.see])
    return estimator.estimate(intake.calibration, candidates_at(candidates, intake.calibration))


class Estimator:
    """Shown all candidates one by one, it knows what they cost."""

    def __init__(self, setup: Setup, sample: int = SAMPLE) -> None:
        self._setup = setup
        self._sample = sample
        self._bounds = Bounds(setup)
        self._loads = [Load(t.name, setup, self._bounds, t.ask) for t in setup.policy.tiers]
        staff = Staff.of(setup)
        self._ladders = {local: _ladder(staff, local_only=local) for local in (False, True)}
        self._routes = array("Q")

    def see(self, place: int, candidate: Candidate) -> None:
        """Count a candidate in, as one that climbs; `place` is its own, counted from 0."""
        self._routes.append(min(self._climb(place, candidate, 1), MOST_STORED))

    def estimate(self, places: Sequence[int], rows: Sequence[Candidate]) -> Estimate:
        """The sums, once all were seen; `rows`, at these places, calibrate and do not climb."""
        calibration = Load("calibration", self._setup, self._bounds, self._setup.policy.machines)
        for place, row in zip(places, rows, strict=True):
            self._climb(place, row, -1)
            seeing = {name for names in self._ladders[row.local_only].values() for name in names}
            machines = [name for name in self._setup.policy.machines if name in seeing]
            calibration.add(row, machines, guess=True)
        for text in content_free(self._setup.task):
            calibration.put(text, contextual(self._setup.policy), guess=True)
        calibrating = frozenset(places)
        return Estimate(
            candidates=len(self._routes),
            calibration=calibration.burden(),
            tiers=[load.burden() for load in self._loads],
            routes=array("Q", (r for n, r in enumerate(self._routes) if n not in calibrating)),
        )

    def _climb(self, place: int, candidate: Candidate, times: int) -> int:
        """Count the whole route in; the most it costs comes back, in pico-USD without wages."""
        route = 0
        for number, names in self._ladders[candidate.local_only].items():
            load = self._loads[number]
            most = load.add(candidate, names, guess=place < self._sample, times=times)
            route += 0 if load.wages else most
        return route


def _ladder(staff: Staff, *, local_only: bool) -> Mapping[int, tuple[str, ...]]:
    """Who is asked in each tier about a candidate that is local only, or not."""
    anyone = Candidate("", local_only=local_only)
    return {tier: staff.asked_in(tier, anyone) for tier in staff.reachable(anyone)}
