"""The walls: spend plus reservations never exceed a budget."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from stepladder.ledger import Money
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

    def fits(self, amount: Usd) -> bool:
        """Whether so much more may be held; nothing always fits, even after an overrun."""
        pico = amount.pico
        return not pico or self.spent.pico + self.held.pico + pico <= self.limit.pico

    def missing(self, amount: Usd) -> Usd:
        """How far the limit is from letting so much more be held."""
        return NOTHING if self.fits(amount) else self.spent + self.held + amount - self.limit


class Lender(Protocol):
    """Where the limits come from when several runs share a budget: slices of it."""

    async def borrow(self, missing: Money, offer: Money) -> Money:
        """At least what is missing, or nothing; more than it where many such offers follow."""


class Account:
    """Reserves the worst case of a route, and settles it attempt by attempt.

    A candidate waits while money held by others may still come back; when none
    can, its route is cut to what the rest of the budget pays for.
    """

    def __init__(self, usd: Wall, wages: Wall, lender: Lender | None = None) -> None:
        self.usd = usd
        self.wages = wages
        self._lender = lender
        self._parked = NOTHING
        self._turn = asyncio.Lock()
        self._released = asyncio.Event()

    async def reserve(self, offers: Sequence[Offer]) -> Hold | None:
        """Hold the first offer, or the longest one affordable; None when none is.

        `offers` run from the whole route to its first tier. First come, first served.
        """
        async with self._turn:
            while True:
                offer = self._longest_feasible(offers)
                if offer is not None and offer is offers[0] and self._fits(offer):
                    return self._hold(offer)
                if await self._borrow(offers):
                    continue
                # Others settled while the lender was asked: what fitted then may never fit now.
                offer = self._longest_feasible(offers)
                if offer is None:
                    return None
                if self._fits(offer):
                    return self._hold(offer)
                self._released.clear()
                await self._released.wait()

    def settle(self, hold: Hold, quote: Usd, cost: Usd, *, wage: bool) -> None:
        """Turn the quote of one attempt, held until now, into what it cost."""
        wall = self.wages if wage else self.usd
        self.free(hold, quote, wage=wage)
        wall.spent += cost

    def free(self, hold: Hold, amount: Usd, *, wage: bool) -> None:
        """Give back a part that will not be needed, such as unused retries."""
        if not amount.pico:
            return
        if wage:
            hold.wages -= amount
            self.wages.held -= amount
        else:
            hold.usd -= amount
            self.usd.held -= amount
        self._released.set()

    def release(self, hold: Hold) -> None:
        """Give back all that is left."""
        if hold.usd.pico:
            self.free(hold, hold.usd, wage=False)
        if hold.wages.pico:
            self.free(hold, hold.wages, wage=True)

    def park(self, hold: Hold) -> None:
        """Keep the wage for a person who has not answered yet, and give back the rest."""
        self._parked += hold.wages
        self.free(hold, hold.usd, wage=False)
        # Whoever waits for these wages to come back waits in vain now.
        self._released.set()

    def _hold(self, offer: Offer) -> Hold:
        self.usd.held += offer.usd
        if offer.wages.pico:
            self.wages.held += offer.wages
        return Hold(offer.reach, offer.usd, offer.wages)

    def _fits(self, offer: Offer) -> bool:
        return self.usd.fits(offer.usd) and self.wages.fits(offer.wages)

    async def _borrow(self, offers: Sequence[Offer]) -> bool:
        """Raise the limits for the longest offer that the lender has enough for."""
        if self._lender is None:
            return False
        for offer in offers:
            missing = Money(self.usd.missing(offer.usd), self.wages.missing(offer.wages))
            if not missing:
                return False
            lent = await self._lender.borrow(missing, Money(offer.usd, offer.wages))
            if lent:
                self.usd.limit += lent.usd
                self.wages.limit += lent.wages
                return True
        return False

    def _longest_feasible(self, offers: Sequence[Offer]) -> Offer | None:
        """The longest route that would be affordable if all that is held came back.

        What is parked for absent people does not come back in this run.
        """
        usd = self.usd.limit.pico - self.usd.spent.pico
        wages = self.wages.limit.pico - self.wages.spent.pico - self._parked.pico
        for offer in offers:
            if _within(offer.usd, usd) and _within(offer.wages, wages):
                return offer
        return None


def _within(amount: Usd, pico: int) -> bool:
    """Whether the amount is affordable; nothing always is, even after an overrun."""
    return not amount.pico or amount.pico <= pico
