"""What a run would use and cost, likely and at worst, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from stepladder.engine.calibrating import choose_rows
from stepladder.engine.likely import LikelyUsage
from stepladder.engine.setup import Setup, look_through
from stepladder.engine.staff import Staff
from stepladder.types import NOTHING, UNUSED, Candidate, CandidateKey, Usage, Usd, total


@dataclass(slots=True)
class Burden:
    """What a part of a run takes."""

    name: str
    """The tier's name, or `calibration`."""
    wages: bool = False
    """Whether it is paid from the wages' wall."""
    candidates: int = 0
    """Candidates that can come here."""
    likely: Usage = UNUSED
    """One attempt for each, of likely length."""
    likely_usd: Usd = NOTHING
    most: Usage = UNUSED
    """All attempts for each, of the greatest length."""
    most_usd: Usd = NOTHING


@dataclass(frozen=True, slots=True)
class Estimate:
    """The likely and the worst price of a run, by tier."""

    candidates: int
    """How many there are."""
    calibration: Burden
    """Gold rows that every machine is asked about; they do not climb."""
    tiers: Sequence[Burden]
    """As if every other candidate reached each of them."""
    routes: Sequence[Usd] = field(repr=False)
    """Worst case of each other candidate's whole route in their order, wages left out."""

    @property
    def most_usd(self) -> Usd:
        """Worst case of the whole run, wages left out."""
        return total(part.most_usd for part in self._parts if not part.wages)

    @property
    def most_wages(self) -> Usd:
        """Worst case of people's wages."""
        return total(part.most_usd for part in self._parts if part.wages)

    @property
    def likely_usd(self) -> Usd:
        """Likely price if every candidate reached the last tier, wages left out."""
        return total(part.likely_usd for part in self._parts if not part.wages)

    def covered(self, budget: Usd) -> int:
        """How many candidates, in their order, surely end before the budget does."""
        left = budget - self.calibration.most_usd
        if left < NOTHING:
            return 0
        for number, route in enumerate(self.routes):
            left -= route
            if left < NOTHING:
                return self.calibration.candidates + number
        return self.candidates

    @property
    def _parts(self) -> tuple[Burden, ...]:
        return (self.calibration, *self.tiers)


def estimate(setup: Setup, candidates: Iterable[Candidate], seed: int) -> Estimate:
    """Add up quotes and likely prices; `candidates` are read twice, and nobody is asked.

    `seed` chooses the calibration rows as the run would. Raises TableError for a bad row.
    """
    intake = look_through(candidates)
    rows = {row.key for row in choose_rows(intake.gold, setup.policy, seed)}
    return _Estimator(setup).estimate(candidates, rows)


class _Estimator:
    def __init__(self, setup: Setup) -> None:
        self._staff = Staff(setup.policy, setup.annotators, setup.rates)
        specs = setup.policy.annotators
        self._likely = {
            name: LikelyUsage(specs[name], rate, setup.task) for name, rate in setup.rates.items()
        }
        self._calibration = Burden("calibration")
        self._tiers = [
            Burden(tier.name, wages=any(setup.rates[name].wage for name in tier.ask))
            for tier in setup.policy.tiers
        ]
        self._routes: list[Usd] = []

    def estimate(self, candidates: Iterable[Candidate], rows: set[CandidateKey]) -> Estimate:
        count = 0
        for candidate in candidates:
            count += 1
            if candidate.key in rows:
                self._calibrate(candidate)
            else:
                self._climb(candidate)
        return Estimate(count, self._calibration, self._tiers, self._routes)

    def _calibrate(self, candidate: Candidate) -> None:
        machines = self._staff.policy.machines
        names = [name for name in machines if self._staff.allowed(name, candidate)]
        self._add(self._calibration, names, candidate)

    def _climb(self, candidate: Candidate) -> None:
        known: set[str] = set()
        route = NOTHING
        for number in self._staff.reachable(candidate):
            names = [n for n in self._staff.asked_in(number, candidate) if n not in known]
            known.update(names)
            tier = self._tiers[number]
            most = self._add(tier, names, candidate)
            route += NOTHING if tier.wages else most
        self._routes.append(route)

    def _add(self, burden: Burden, names: Iterable[str], candidate: Candidate) -> Usd:
        """Count a candidate in; the most that it costs here comes back."""
        before = burden.most_usd
        burden.candidates += 1
        for name in names:
            rate = self._staff.rates[name]
            bound = self._staff.annotators[name].bound(candidate)
            likely = self._likely[name].of(candidate, bound)
            attempts = 1 + self._staff.policy.annotators[name].retries
            burden.likely += likely
            burden.likely_usd += rate.cost(likely)
            burden.most += _times(bound, attempts)
            burden.most_usd += rate.quote(bound) * attempts
        return burden.most_usd - before


def _times(usage: Usage, times: int) -> Usage:
    return sum((usage for _ in range(times)), UNUSED)
