"""Slices of a shared budget: how much is asked for, and how often."""

from __future__ import annotations

from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from stepladder.engine.account import Account, Offer, Wall
from stepladder.engine.lending import Lending
from stepladder.ledger import Ledger, Money
from stepladder.types import NOTHING, Usd

CENT = Usd.of("0.01")


def usd(amount: str) -> Money:
    return Money(Usd.of(amount))


class Till:
    """Lends as the ledger does: all that is wished for, or what is left if that is enough."""

    def __init__(self, money: Money) -> None:
        self.left = money
        self.asked: list[tuple[Money, Money]] = []

    async def lease(self, least: Money, wish: Money) -> Money:
        self.asked.append((least, wish))
        if least.usd > self.left.usd or least.wages > self.left.wages:
            return Money()
        lent = Money(min(wish.usd, self.left.usd), min(wish.wages, self.left.wages))
        self.left -= lent
        return lent


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lending(till: Till, whole: Money, clock: Clock | None = None) -> Lending:
    return Lending(cast(Ledger, till), whole, clock or Clock())


async def test_a_hundred_offers_are_leased_at_once() -> None:
    till = Till(usd("1000"))
    lent = await lending(till, usd("1000")).borrow(usd("0.01"), usd("0.01"))
    assert lent == usd("1")


async def test_never_more_than_a_fiftieth_of_the_whole() -> None:
    till = Till(usd("10"))
    lent = await lending(till, usd("10")).borrow(usd("0.01"), usd("0.01"))
    assert lent == usd("0.20")


async def test_but_always_what_is_missing() -> None:
    till = Till(usd("10"))
    assert await lending(till, usd("10")).borrow(usd("3"), usd("3")) == usd("3")


async def test_wages_are_leased_only_when_they_are_missing() -> None:
    till = Till(Money(Usd.of(10), Usd.of(10)))
    lent = await lending(till, Money(Usd.of(10), Usd.of(10))).borrow(
        Money(CENT, NOTHING), Money(CENT, CENT)
    )
    assert lent == Money(Usd.of("0.20"), NOTHING)


async def test_a_refusal_is_believed_for_five_seconds() -> None:
    till, clock = Till(usd("1")), Clock()
    lends = lending(till, usd("10"), clock)
    assert not await lends.borrow(usd("2"), usd("2"))
    assert not await lends.borrow(usd("2"), usd("2"))
    assert not await lends.borrow(usd("3"), usd("3"))
    assert len(till.asked) == 1
    clock.now = 5.1
    till.left = usd("5")
    assert await lends.borrow(usd("2"), usd("2")) == usd("2")


async def test_less_than_was_refused_may_still_be_had() -> None:
    till = Till(usd("1"))
    lends = lending(till, usd("10"))
    assert not await lends.borrow(usd("2"), usd("2"))
    assert await lends.borrow(usd("1"), usd("1")) == usd("1")


async def test_an_account_with_a_lender_begins_with_nothing_and_borrows() -> None:
    till = Till(usd("1"))
    account = Account(Wall(NOTHING), Wall(NOTHING), lending(till, usd("1")))
    hold = await account.reserve([Offer(0, CENT, NOTHING)])
    assert hold is not None
    assert hold.usd == CENT
    # 100 offers would be 1 USD; a fiftieth of the whole is 0.02.
    assert account.usd.limit == Usd.of("0.02")


async def test_a_route_that_nobody_can_pay_for_is_cut_short() -> None:
    till = Till(usd("0.05"))
    account = Account(Wall(NOTHING), Wall(NOTHING), lending(till, usd("0.05")))
    offers = [Offer(1, Usd.of("0.30"), NOTHING), Offer(0, Usd.of("0.05"), NOTHING)]
    hold = await account.reserve(offers)
    assert hold is not None
    assert hold.reach == 0
    assert account.usd.held == account.usd.limit == Usd.of("0.05")


@given(
    whole=st.integers(0, 2000),
    offers=st.lists(st.integers(1, 100), min_size=1, max_size=40),
)
async def test_all_that_is_lent_never_passes_the_whole(whole: int, offers: list[int]) -> None:
    money = Money(Usd(whole))
    till = Till(money)
    lends = lending(till, money)
    lent = NOTHING
    for offer in offers:
        lent += (await lends.borrow(Money(Usd(offer)), Money(Usd(offer)))).usd
    assert lent + till.left.usd == money.usd
