"""What a run takes, by part: the figures of an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stepladder.types import NOTHING, UNUSED, Usage, Usd, total


@dataclass(frozen=True, slots=True)
class Burden:
    """What a part of a run takes."""

    name: str
    """The tier's name, or `calibration`."""
    wages: bool = False
    """Whether it is paid from the wages' wall."""
    candidates: int = 0
    """Candidates that can come here."""
    likely: Usage = UNUSED
    """One attempt for each and each draw, of likely length."""
    likely_usd: Usd = NOTHING
    most: Usage = UNUSED
    """All attempts for each and each draw, of the greatest length."""
    most_usd: Usd = NOTHING


@dataclass(frozen=True, slots=True)
class Estimate:
    """The likely and the worst price of a run, by tier."""

    candidates: int
    """How many there are."""
    calibration: Burden
    """Gold rows that every machine is asked about, and texts without content; they do not climb."""
    tiers: Sequence[Burden]
    """As if every other candidate reached each of them."""
    routes: Sequence[int] = field(default=(), repr=False)
    """pico-USD: worst case of each other candidate's whole route in their order, wages left out."""

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
        left = (budget - self.calibration.most_usd).pico
        if left < 0:
            return 0
        for number, route in enumerate(self.routes):
            left -= route
            if left < 0:
                return self.calibration.candidates + number
        return self.candidates

    @property
    def _parts(self) -> tuple[Burden, ...]:
        return (self.calibration, *self.tiers)
