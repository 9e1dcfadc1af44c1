"""Slices of a budget that several runs share: leased from the ledger, a few offers at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from stepladder.ledger import Ledger, Money
from stepladder.types import Usd

SLICE = 100
"""Offers' worth that is leased at once: a lease is a transaction that all runs wait for."""
SMALLEST_SHARE = 50
"""A slice is at most this part of the whole budget, so that no run sits on much of it."""
REFUSED_FOR = 5.0
"""Seconds for which a refusal is believed: another run may return what it does not need."""


@dataclass(slots=True)
class Lending:
    """Borrows for one run's account."""

    ledger: Ledger
    whole: Money
    """The shared budget."""
    clock: Callable[[], float] = time.monotonic
    _refused: Money | None = None
    _refused_at: float = 0.0

    async def borrow(self, missing: Money, offer: Money) -> Money:
        """At least what is missing, or nothing."""
        if self._was_refused(missing):
            return Money()
        lent = await self.ledger.lease(missing, self._wish(missing, offer))
        if not lent:
            self._refused, self._refused_at = missing, self.clock()
        return lent

    def _was_refused(self, missing: Money) -> bool:
        """Whether as little as this, or less, was refused just now."""
        if self._refused is None or self.clock() - self._refused_at > REFUSED_FOR:
            return False
        return missing.usd >= self._refused.usd and missing.wages >= self._refused.wages

    def _wish(self, missing: Money, offer: Money) -> Money:
        return Money(
            _slice(missing.usd, offer.usd, self.whole.usd),
            _slice(missing.wages, offer.wages, self.whole.wages),
        )


def _slice(missing: Usd, offer: Usd, whole: Usd) -> Usd:
    if not missing:
        return missing
    return max(missing, min(offer * SLICE, Usd(whole.pico // SMALLEST_SHARE)))
