"""A budget that several runs draw on, of 1000 pico-USD and 100 of wages unless said otherwise."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from ledger_cases import KEY, Place, intent, opened, rows, same_modules, settlement

from stepladder.errors import LedgerError
from stepladder.ledger import Ledger, Money, Settlement
from stepladder.types import UNUSED, Usd

pytest_plugins = ("ledger_homes",)

NOTHING = Money()


def usd(pico: int) -> Money:
    return Money(Usd(pico))


def sharing(home: Place, name: str = "a", *, budget: str = "team", limit: int = 1000) -> Ledger:
    return opened(home, name=name, shared=budget, budget=Usd(limit), wages=Usd(100))


def drawn(home: Place) -> tuple[int, int]:
    """What all leases of the ledger sum to."""
    ((spent, wages),) = rows(home, "SELECT sum(usd_pico), sum(wages_pico) FROM lease")
    return int(spent), int(wages)


async def buy(ledger: Ledger, *, quote: int, cost: int, wage: bool = False) -> None:
    number = await ledger.intend(intent(quote=quote, wage=wage))
    ledger.settle(settlement(number, cost=cost, wage=wage), KEY)


async def test_a_slice_is_the_wish_then_what_is_left_then_nothing(home: Place) -> None:
    with closing(sharing(home)) as ledger:
        assert await ledger.lease(usd(10), usd(700)) == usd(700)
        assert await ledger.lease(usd(10), usd(700)) == usd(300)
        assert await ledger.lease(usd(10), usd(700)) == NOTHING
        assert drawn(home) == (1000, 0)


async def test_less_than_the_least_is_not_taken(home: Place) -> None:
    with closing(sharing(home)) as ledger:
        assert await ledger.lease(usd(10), usd(995)) == usd(995)
        assert await ledger.lease(usd(10), usd(50)) == NOTHING
        assert await ledger.lease(usd(5), usd(50)) == usd(5)


async def test_wages_have_a_wall_of_their_own(home: Place) -> None:
    with closing(sharing(home)) as ledger:
        both = Money(Usd(10), Usd(90))
        assert await ledger.lease(both, both) == both
        assert await ledger.lease(both, both) == NOTHING
        assert await ledger.lease(Money(Usd(10), Usd(5)), both) == Money(Usd(10), Usd(10))


async def test_runs_of_one_budget_share_it_and_others_do_not(home: Place) -> None:
    with (
        closing(sharing(home, "a")) as first,
        closing(sharing(home, "b")) as second,
        closing(sharing(home, "c", budget="another")) as third,
        closing(sharing(home, "d", limit=1500)) as richer,
    ):
        assert await first.lease(usd(1), usd(600)) == usd(600)
        assert await second.lease(usd(1), usd(600)) == usd(400)
        assert await third.lease(usd(1), usd(600)) == usd(600)
        # Everybody keeps to the limit that it was given.
        assert await richer.lease(usd(1), usd(600)) == usd(500)


async def test_a_run_with_a_budget_of_its_own_leases_nothing(home: Place) -> None:
    with (
        closing(opened(home)) as ledger,
        pytest.raises(LedgerError, match="shares no budget"),
    ):
        await ledger.lease(usd(1), usd(2))


async def test_what_was_not_spent_comes_back_at_the_end(home: Place) -> None:
    with closing(sharing(home)) as ledger:
        await ledger.lease(NOTHING, Money(Usd(1000), Usd(100)))
        await buy(ledger, quote=100, cost=60)
        await buy(ledger, quote=30, cost=20, wage=True)
        asked = await ledger.intend(intent(quote=30, wage=True))
        # A person who has not answered is paid by whichever start the answer reaches.
        ledger.settle(Settlement(asked, True, "waiting", Usd(0), UNUSED, 0.0), KEY)
    assert drawn(home) == (60, 20)
    ledger.close()
    assert drawn(home) == (60, 20)
    with closing(sharing(home, "b")) as other:
        assert await other.lease(usd(1), usd(1000)) == usd(940)


async def test_an_attempt_without_an_outcome_stays_leased_at_its_quote(home: Place) -> None:
    with closing(sharing(home)) as ledger:
        await ledger.lease(usd(1), usd(1000))
        await ledger.intend(intent(quote=100))
    assert drawn(home) == (100, 0)
    with closing(sharing(home)) as ledger:
        assert ledger.spent.usd == Usd(100)
    assert drawn(home) == (100, 0)


async def test_a_bill_beyond_the_lease_is_drawn_all_the_same(home: Place) -> None:
    with closing(sharing(home)) as ledger:
        await ledger.lease(usd(1), usd(100))
        await buy(ledger, quote=100, cost=250)
    assert drawn(home) == (250, 0)


DIES = """
import asyncio, os, signal, sys
from ledger_cases import *
from test_ledger_leases import buy, sharing, usd

async def main():
    ledger = sharing(place_of(sys.argv[1]), sys.argv[2])
    assert await ledger.lease(usd(1), usd(1000)) == usd(1000)
    await buy(ledger, quote=100, cost=60)
    await ledger.intend(intent(quote=100))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def dies(home: Place, name: str) -> None:
    """A process leases all, spends 60, asks for 100 and is killed."""
    given = [sys.executable, "-c", DIES, str(home), name]
    ended = subprocess.run(given, env=same_modules(), check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL


async def test_the_next_start_gives_back_what_a_killed_one_held(home: Place) -> None:
    dies(home, "a")
    assert drawn(home) == (1000, 0)
    with closing(sharing(home, "a")) as ledger:
        assert ledger.spent.usd == Usd(160)
        assert drawn(home) == (160, 0)
        assert await ledger.lease(usd(1), usd(1000)) == usd(840)
    assert drawn(home) == (160, 0)


async def test_who_needs_it_gives_back_what_a_killed_process_held(home: Place) -> None:
    dies(home, "a")
    with closing(sharing(home, "b")) as ledger:
        assert await ledger.lease(usd(1), usd(1000)) == usd(840)
    assert rows(home, "SELECT outcome FROM settlement ORDER BY attempt") == [
        ("answered",),
        ("unknown",),
    ]
    with closing(sharing(home, "a")) as again:
        assert again.spent.usd == Usd(160)
    assert drawn(home) == (160, 0)


async def test_what_a_run_at_work_holds_is_left_to_it(home: Place) -> None:
    with closing(sharing(home, "a")) as first, closing(sharing(home, "b")) as second:
        await first.lease(usd(1), usd(1000))
        await first.intend(intent())
        assert await second.lease(usd(1), usd(1)) == NOTHING
        assert rows(home, "SELECT count(*) FROM settlement") == [(0,)]
        assert drawn(home) == (1000, 0)


SHARER = """
import asyncio, os, sys
from ledger_cases import *
from stepladder.ledger import Money
from test_ledger_leases import sharing, usd
from stepladder.types import Usd

QUOTE, COST = 10, 6
place, run, limit, bill = place_of(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]

async def main():
    ledger = sharing(place, run, limit=limit)
    held, leasing = 0, asyncio.Lock()
    provider = os.open(bill, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def work():
        nonlocal held
        while True:
            async with leasing:
                if held < QUOTE:
                    held += (await ledger.lease(usd(QUOTE), usd(15 * QUOTE))).usd.pico
                if held < QUOTE:
                    return
                held -= QUOTE
            number = await ledger.intend(intent(quote=QUOTE))
            os.write(provider, b"x" * COST)
            await asyncio.sleep(0.002)
            ledger.settle(settlement(number, cost=COST), KEY)
            held += QUOTE - COST

    await asyncio.gather(*(work() for _ in range(4)))
    ledger.close()

asyncio.run(main())
"""


def shared_by_processes(home: Place, folder: Path, *, limit: int, kills: int, seed: int) -> None:
    """Four processes share a budget; they are killed at random, and all but one begin again."""
    chance, bill = random.Random(seed), folder / "bill"  # noqa: S311 - a schedule

    def begun(name: str) -> subprocess.Popen[bytes]:
        given = [sys.executable, "-c", SHARER, str(home), name, str(limit), str(bill)]
        return subprocess.Popen(given, env=same_modules())

    sharing(home, "a").close()
    working = {name: begun(name) for name in "abcd"}
    for kill in range(kills):
        time.sleep(chance.uniform(0.4, 1.2))
        assert drawn_so_far(home) <= limit
        name = chance.choice(sorted(working))
        os.kill(working[name].pid, signal.SIGKILL)
        working[name].wait()
        if kill == 0:
            del working[name]
        else:
            working[name] = begun(name)
    assert [process.wait(120) for process in working.values()] == [0] * 3
    ((settled,),) = rows(home, "SELECT sum(cost_pico) FROM settlement")
    lost = "SELECT count(*) FROM attempt LEFT JOIN settlement ON attempt = id WHERE outcome IS NULL"
    assert rows(home, lost) == [(0,)]
    assert limit * 0.8 < settled <= limit
    assert drawn(home)[0] == settled
    assert bill.stat().st_size <= settled
    assert asyncio.run(left(home, limit)) == usd(limit - int(settled))


async def left(home: Place, limit: int) -> Money:
    with closing(sharing(home, "last", limit=limit)) as ledger:
        return await ledger.lease(NOTHING, usd(limit))


def drawn_so_far(home: Place) -> int:
    ((found,),) = rows(home, "SELECT coalesce(sum(usd_pico), 0) FROM lease")
    return int(found)


def test_processes_that_share_a_budget_never_pass_it_whoever_dies(
    home: Place, tmp_path: Path
) -> None:
    shared_by_processes(home, tmp_path, limit=6_000, kills=3, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_processes_that_share_a_budget_for_long_never_pass_it(
    home: Place, tmp_path: Path, seed: int
) -> None:
    shared_by_processes(home, tmp_path, limit=60_000, kills=25, seed=seed)
