"""The wall holds whatever the order of reservations, settlements and releases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from stepladder.engine.account import Account, Offer, Wall
from stepladder.types import NOTHING, Usd


@dataclass(frozen=True)
class Climbing:
    """One candidate: a quote by tier, what each really costs, and whether it parks at the end."""

    quotes: tuple[int, ...]
    costs: tuple[int, ...]
    wage: int
    parks: bool

    def offers(self) -> list[Offer]:
        machine = [
            Offer(tier, Usd(sum(self.quotes[: tier + 1])), NOTHING)
            for tier in range(len(self.quotes))
        ]
        whole = Offer(len(self.quotes), machine[-1].usd, Usd(self.wage))
        return [whole, *machine[::-1]]


@st.composite
def climbings(draw: st.DrawFn) -> Climbing:
    quotes = tuple(draw(st.lists(st.integers(0, 40), min_size=1, max_size=3)))
    costs = tuple(draw(st.integers(0, quote)) for quote in quotes)
    return Climbing(quotes, costs, draw(st.integers(0, 20)), draw(st.booleans()))


@given(st.lists(climbings(), max_size=25), st.integers(0, 150), st.integers(0, 60))
def test_spend_plus_reservations_never_exceed_the_budget(
    climbing: list[Climbing], usd: int, wages: int
) -> None:
    account = Account(Wall(Usd(usd)), Wall(Usd(wages)))

    def check() -> None:
        for wall in (account.usd, account.wages):
            assert wall.spent + wall.held <= wall.limit
            assert wall.held >= NOTHING

    async def climb(one: Climbing) -> int | None:
        hold = await account.reserve(one.offers())
        check()
        if hold is None:
            return None
        reached = min(hold.reach, len(one.quotes) - 1)
        for tier in range(reached + 1):
            await asyncio.sleep(0)
            quote, cost = Usd(one.quotes[tier]), Usd(one.costs[tier])
            account.settle(hold, quote, cost, wage=False)
            check()
        if hold.reach == len(one.quotes) and one.parks:
            account.park(hold)
        else:
            account.release(hold)
        check()
        return hold.reach

    async def everybody() -> list[int | None]:
        return await asyncio.wait_for(asyncio.gather(*(climb(one) for one in climbing)), 5)

    reached = asyncio.run(everybody())

    spent = sum(
        sum(one.costs[: reach + 1])
        for one, reach in zip(climbing, reached, strict=True)
        if reach is not None
    )
    assert account.usd.spent == Usd(spent)
    assert account.usd.held == NOTHING


async def test_a_candidate_waits_for_money_that_may_come_back() -> None:
    account = Account(Wall(Usd(10)), Wall(NOTHING))
    first = await account.reserve([Offer(1, Usd(10), NOTHING), Offer(0, Usd(2), NOTHING)])
    assert first is not None
    second = asyncio.create_task(
        account.reserve([Offer(1, Usd(8), NOTHING), Offer(0, Usd(1), NOTHING)])
    )
    await asyncio.sleep(0.01)
    assert not second.done()
    account.settle(first, Usd(10), Usd(2), wage=False)
    held = await second
    assert held is not None
    assert held.reach == 1


async def test_a_route_is_cut_when_nothing_can_come_back() -> None:
    account = Account(Wall(Usd(5)), Wall(NOTHING))
    held = await account.reserve([Offer(1, Usd(8), NOTHING), Offer(0, Usd(3), NOTHING)])
    assert held is not None
    assert held.reach == 0
    assert held.usd == Usd(3)


async def test_nothing_affordable_is_no_hold() -> None:
    account = Account(Wall(Usd(2)), Wall(NOTHING))
    assert await account.reserve([Offer(0, Usd(3), NOTHING)]) is None


async def test_wages_kept_for_absent_people_are_not_waited_for() -> None:
    account = Account(Wall(Usd(10)), Wall(Usd(10)))
    waiting = await account.reserve([Offer(1, Usd(1), Usd(8)), Offer(0, Usd(1), NOTHING)])
    assert waiting is not None
    account.park(waiting)
    held = await asyncio.wait_for(
        account.reserve([Offer(1, Usd(1), Usd(8)), Offer(0, Usd(1), NOTHING)]), 1
    )
    assert held is not None
    assert held.reach == 0


async def test_a_route_cut_by_wages_still_waits_for_its_usd() -> None:
    account = Account(Wall(Usd(3)), Wall(NOTHING))
    offers = [Offer(1, Usd(3), Usd(9)), Offer(0, Usd(3), NOTHING)]
    first = await account.reserve(offers)
    assert first is not None
    second = asyncio.create_task(account.reserve(offers))
    await asyncio.sleep(0.01)
    assert not second.done()
    account.release(first)
    held = await asyncio.wait_for(second, 1)
    assert held is not None
    assert held.reach == 0
