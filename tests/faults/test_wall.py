"""The wall: whatever happens in whatever order, no budget is passed and no charge forgotten."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from soaked import soaked
from wall_books import Books, Claimed, Session

from stepladder.engine.account import Account, Offer, Wall
from stepladder.ledger import Money
from stepladder.types import NOTHING, Usd

RUNS = {"alone": False, "left": True, "right": True}
"""Names, and whether the run shares its budget with others."""
AMOUNTS = st.integers(0, 45).map(Usd)


class Walls(RuleBasedStateMachine):
    """Runs open, reserve, ask, settle, crash and close on one real ledger."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._runner = asyncio.Runner()
        self.books = Books(Path(self._folder.name))

    def do(self, work: Callable[[], Any]) -> None:
        async def in_the_loop() -> None:
            done = work()
            if asyncio.iscoroutine(done):
                await done

        self._runner.run(in_the_loop())

    def session(self, data: st.DataObject) -> Session:
        names = sorted(self.books.sessions)
        return self.books.sessions[data.draw(st.sampled_from(names), "run")]

    def claim(self, data: st.DataObject, *, out: bool = False) -> tuple[Session, Claimed] | None:
        session = self.session(data)
        found = [claim for claim in session.claims if claim.out or not out]
        return (session, data.draw(st.sampled_from(found), "claim")) if found else None

    @rule(name=st.sampled_from(sorted(RUNS)))
    def open(self, name: str) -> None:
        if name not in self.books.sessions:
            self.books.open(name, shared=RUNS[name])

    @precondition(lambda self: self.books.sessions)
    @rule(data=st.data(), quotes=st.lists(AMOUNTS, min_size=1, max_size=3), wage=AMOUNTS)
    def reserve(self, data: st.DataObject, quotes: list[Usd], wage: Usd) -> None:
        offers = [
            Offer(n, sum(quotes[: n + 1], NOTHING), NOTHING) for n in reversed(range(len(quotes)))
        ]
        offers.insert(0, Offer(len(quotes), offers[0].usd, wage))
        session = self.session(data)
        self.do(lambda: self.books.reserve(session, offers))

    @precondition(lambda self: self.books.sessions)
    @rule(data=st.data(), quote=AMOUNTS, charged=AMOUNTS)
    def ask(self, data: st.DataObject, quote: Usd, charged: Usd) -> None:
        if found := self.claim(data):
            self.do(lambda: self.books.ask(*found, quote, charged))

    @precondition(lambda self: self.books.sessions)
    @rule(data=st.data(), known=st.booleans())
    def settle(self, data: st.DataObject, known: bool) -> None:
        if found := self.claim(data, out=True):
            self.do(lambda: self.books.settle(*found, known=known))

    @precondition(lambda self: self.books.sessions)
    @rule(data=st.data(), part=AMOUNTS)
    def free(self, data: st.DataObject, part: Usd) -> None:
        if (found := self.claim(data)) and not found[1].out:
            session, claim = found
            session.account.free(claim.hold, min(part, claim.hold.usd), wage=False)

    @precondition(lambda self: self.books.sessions)
    @rule(data=st.data(), parks=st.booleans())
    def leave(self, data: st.DataObject, parks: bool) -> None:
        if (found := self.claim(data)) and not found[1].out:
            session, claim = found
            session.claims.remove(claim)
            (session.account.park if parks else session.account.release)(claim.hold)

    @precondition(lambda self: self.books.sessions)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        session = self.session(data)
        self.do(lambda: self.books.close(session))

    @rule()
    def crash(self) -> None:
        self.books.crash()

    @invariant()
    def no_budget_is_passed_and_no_charge_forgotten(self) -> None:
        assert list(self.books.wrong()) == []

    def teardown(self) -> None:
        self.books.end()
        self._runner.close()
        self._folder.cleanup()


TestWalls = Walls.TestCase
TestWalls.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_random_schedules_of_runs_and_processes_keep_to_their_budgets() -> None:
    soaked("--schedules", "60", "--seed", "20000")


@pytest.mark.slow
def test_a_thousand_random_schedules_keep_to_their_budgets() -> None:
    soaked("--schedules", "1000", "--seed", "30000")


class _Slow:
    """A lender with nothing to lend, who takes a while to say so."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()

    async def borrow(self, missing: Money, offer: Money) -> Money:
        self.asked.set()
        await self.answer.wait()
        return Money()


async def test_nobody_waits_for_money_that_was_spent_while_a_lender_was_asked() -> None:
    lender = _Slow()
    account = Account(Wall(Usd(10)), Wall(NOTHING), lender)
    first = await account.reserve([Offer(0, Usd(10), NOTHING)])
    assert first is not None
    second = asyncio.create_task(account.reserve([Offer(0, Usd(5), NOTHING)]))
    await lender.asked.wait()
    # All of it is spent: the second has to hear that there is nothing, and not wait for more.
    account.settle(first, Usd(10), Usd(10), wage=False)
    lender.answer.set()
    assert await asyncio.wait_for(second, 5) is None
