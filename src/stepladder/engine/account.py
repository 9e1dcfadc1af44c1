"""The walls: spend plus reservations never exceed a budget."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from stepladder.types import NOTHING, Usd


@dataclass(frozen=True, slots=True)
class Offer:
    """The worst case of a route that ends after the tier `reach`."""

    reach: int
    """The last tier, by number, that the money suffices for."""
    usd: Usd
    wages: Usd


@dataclass(slots=True)
class Hold:
    """Money held for one candidate; it shrinks as attempts settle."""

    reach: int
    usd: Usd
    wages: Usd


@dataclass(slots=True)
class Wall:
    """One budget: what is spent, what is held, and the limit of both together."""

    limit: Usd
    spent: Usd = NOTHING
    held: Usd = NOTHING

    @property
    def left(self) -> Usd:
        """What is neither spent nor held."""
        return self.limit - self.spent - self.held

    def fits(self, amount: Usd) -> bool:
        """Whether so much more may be held; nothing always fits, even after an overrun."""
        return _within(amount, self.left)


class Account:
    """Reserves the worst case of a route, and settles it attempt by attempt.

    A candidate waits while money held by others may still come back; when none
    can, its route is cut to what the rest of the budget pays for.
    """

    def __init__(self, usd: Wall, wages: Wall) -> None:
        self.usd = usd
        self.wages = wages
        self._parked = NOTHING
        self._turn = asyncio.Lock()
        self._released = asyncio.Event()

    async def reserve(self, offers: Sequence[Offer]) -> Hold | None:
        """Hold the first offer, or the longest one affordable; None when none is.

        `offers` run from the whole route to its first tier. First come, first served.
        """
        async with self._turn:
            while (offer := self._longest_feasible(offers)) is not None:
                if self._fits(offer):
                    self.usd.held += offer.usd
                    self.wages.held += offer.wages
                    return Hold(offer.reach, offer.usd, offer.wages)
                self._released.clear()
                await self._released.wait()
            return None

    def settle(self, hold: Hold, quote: Usd, cost: Usd, *, wage: bool) -> None:
        """Turn the quote of one attempt, held until now, into what it cost."""
        wall = self.wages if wage else self.usd
        self.free(hold, quote, wage=wage)
        wall.spent += cost

    def free(self, hold: Hold, amount: Usd, *, wage: bool) -> None:
        """Give back a part that will not be needed, such as unused retries."""
        if wage:
            hold.wages -= amount
            self.wages.held -= amount
        else:
            hold.usd -= amount
            self.usd.held -= amount
        self._released.set()

    def release(self, hold: Hold) -> None:
        """Give back all that is left."""
        self.free(hold, hold.usd, wage=False)
        self.free(hold, hold.wages, wage=True)

    def park(self, hold: Hold) -> None:
        """Keep the wage for a person who has not answered yet, and give back the rest."""
        self._parked += hold.wages
        self.free(hold, hold.usd, wage=False)

    def _fits(self, offer: Offer) -> bool:
        return self.usd.fits(offer.usd) and self.wages.fits(offer.wages)

    def _longest_feasible(self, offers: Sequence[Offer]) -> Offer | None:
        """The longest route that would be affordable if all that is held came back.

        What is parked for absent people does not come back in this run.
        """
        usd = self.usd.limit - self.usd.spent
        wages = self.wages.limit - self.wages.spent - self._parked
        feasible = (o for o in offers if _within(o.usd, usd) and _within(o.wages, wages))
        return next(feasible, None)


def _within(amount: Usd, left: Usd) -> bool:
    """Whether the amount is affordable; nothing always is, even after an overrun."""
    return not amount or amount <= left
