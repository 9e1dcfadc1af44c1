from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from ledger_cases import (
    KEY,
    VOTE,
    Place,
    intent,
    nobody_else_writes,
    opened,
    rows,
    same_modules,
    settlement,
)

from stepladder.errors import LedgerError
from stepladder.ledger import Ledger
from stepladder.types import CandidateKey, Decision, Labelled, Reason, Status, Unlabelled, Usd, Vote

pytest_plugins = ("ledger_homes",)

UNSTORABLE = Decision(CandidateKey("half a character: \ud83d", "label"), Status.FAILED)
"""UTF-8, and so SQLite, cannot hold its id."""


def decision(candidate: str) -> Decision:
    return Decision(CandidateKey(candidate, "label"), Status.LABELLED, "good")


async def broken(ledger: Ledger) -> None:
    """Make a write fail: an attempt is settled only once."""
    number = await ledger.intend(intent())
    ledger.settle(settlement(number), KEY)
    ledger.settle(settlement(number), KEY)
    async with asyncio.timeout(5):
        with pytest.raises(LedgerError, match=r"cannot be written: .*(UNIQUE|unique)"):
            await ledger.flush()


async def test_entries_are_written_in_the_order_they_came(home: Place) -> None:
    with closing(opened(home)) as ledger:
        for number in range(300):
            ledger.decide(decision(str(number)), "b")
            if number % 50 == 0:
                await asyncio.sleep(0.005)
        await ledger.flush()
        found = rows(home, "SELECT candidate FROM decision ORDER BY id")
    assert found == [(str(number),) for number in range(300)]


async def test_a_reservation_is_on_disk_when_its_first_attempt_is(home: Place) -> None:
    with closing(opened(home)) as ledger:
        number = ledger.reserve(KEY, Usd(500), Usd(20))
        await ledger.intend(intent())
        found = rows(home, "SELECT id, candidate, usd_pico, wages_pico FROM reservation")
    assert found == [(number, "r1", 500, 20)]


async def test_a_settlement_and_its_vote_stand_or_fall_together(home: Place) -> None:
    with closing(opened(home)) as ledger:
        number = await ledger.intend(intent())
        ledger.settle(settlement(number), KEY, VOTE)
        await ledger.flush()
        ledger.settle(settlement(number), KEY, VOTE)
        async with asyncio.timeout(5):
            with pytest.raises(LedgerError):
                await ledger.flush()
    assert rows(home, "SELECT count(*) FROM vote") == [(1,)]


async def test_flush_waits_for_everything_handed_over(home: Place) -> None:
    with closing(opened(home)) as ledger:
        done = [ledger.decide(decision(str(number)), "b") for number in range(50)]
        await ledger.flush()
        assert all(future.done() for future in done)
        assert rows(home, "SELECT count(*) FROM decision") == [(50,)]


async def test_close_writes_what_is_queued(home: Place) -> None:
    ledger = opened(home)
    for number in range(50):
        ledger.decide(decision(str(number)), "b")
    ledger.close()
    assert rows(home, "SELECT count(*) FROM decision") == [(50,)]


async def test_a_caller_that_gives_up_waiting_breaks_nothing(home: Place) -> None:
    with closing(opened(home)) as ledger:
        waiting = [asyncio.create_task(ledger.intend(intent())) for _ in range(40)]
        await asyncio.sleep(0)
        for task in waiting[::2]:
            task.cancel()
        async with asyncio.timeout(5):
            results = await asyncio.gather(*waiting, return_exceptions=True)
        assert sum(isinstance(result, asyncio.CancelledError) for result in results) == 20
        assert isinstance(await ledger.intend(intent()), int)
    # An intent is written all the same: it would be worse to send what is not.
    assert rows(home, "SELECT count(*) FROM attempt") == [(41,)]


async def decide_and_go(ledger: Ledger) -> None:
    ledger.decide(decision("1"), "b")


def test_an_event_loop_that_is_gone_breaks_nothing(home: Place) -> None:
    ledger = opened(home)
    with nobody_else_writes(home):

        async def give_up() -> None:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ledger.intend(intent()), 0.1)

        asyncio.run(give_up())
    asyncio.run(decide_and_go(ledger))
    ledger.close()
    assert rows(home, "SELECT count(*) FROM attempt") == [(1,)]
    assert rows(home, "SELECT count(*) FROM decision") == [(1,)]


async def test_a_decision_whose_future_is_cancelled_is_written_all_the_same(
    home: Place,
) -> None:
    with closing(opened(home)) as ledger:
        ledger.decide(decision("1"), "b").cancel()
        await ledger.flush()
    assert rows(home, "SELECT candidate FROM decision") == [("1",)]


async def test_after_a_failed_write_every_call_fails(home: Place) -> None:
    ledger = opened(home)
    await broken(ledger)
    ledger.reserve(KEY, Usd(1), Usd(1))
    ledger.settle(settlement(5), KEY)
    ledger.add_vote(VOTE, KEY)
    for call in (
        ledger.intend(intent()),
        ledger.add_fit("k", "{}", "[]"),
        ledger.decide(decision("1"), "b"),
        ledger.flush(),
    ):
        with pytest.raises(LedgerError, match=r"cannot be written: .*(UNIQUE|unique)"):
            await call
    ledger.close()  # Everybody has been told.
    assert rows(home, "SELECT count(*) FROM attempt") == [(1,)]
    assert rows(home, "SELECT count(*) FROM decision") == [(0,)]
    opened(home).close()


async def test_a_decision_that_nobody_waits_for_fails_the_next_call(home: Place) -> None:
    ledger = opened(home)
    ledger.decide(UNSTORABLE, "b")
    async with asyncio.timeout(5):
        with pytest.raises(LedgerError, match="cannot be written: an entry does not fit"):
            await ledger.intend(intent())
    ledger.close()


async def test_a_decision_that_nobody_waits_for_fails_the_flush(home: Place) -> None:
    ledger = opened(home)
    ledger.decide(UNSTORABLE, "b")
    async with asyncio.timeout(5):
        with pytest.raises(LedgerError, match="cannot be written"):
            await ledger.flush()
    ledger.close()


async def test_what_was_queued_behind_a_failed_write_is_not_written(home: Place) -> None:
    ledger = opened(home)
    number = await ledger.intend(intent())
    ledger.settle(settlement(number), KEY)
    with nobody_else_writes(home):
        ledger.settle(settlement(number), KEY)
        await asyncio.sleep(0.1)  # The writer has taken it and waits for the other's lock.
        queued = ledger.decide(decision("1"), "b")
    async with asyncio.timeout(5):
        with pytest.raises(LedgerError):
            await queued
        with pytest.raises(LedgerError):
            await ledger.flush()
    ledger.close()
    assert rows(home, "SELECT count(*) FROM decision") == [(0,)]


async def test_a_failure_that_nobody_was_told_of_is_told_at_close_and_once(home: Place) -> None:
    ledger = opened(home)
    ledger.decide(UNSTORABLE, "b")
    with pytest.raises(LedgerError, match="cannot be written"):
        ledger.close()
    ledger.close()
    opened(home).close()


async def test_what_cannot_be_stored_never_leaves_anybody_waiting(home: Place) -> None:
    ledger = opened(home)
    async with asyncio.timeout(5):
        with pytest.raises(LedgerError, match="does not fit"):
            await ledger.intend(intent(UNSTORABLE.key))
        with pytest.raises(LedgerError, match="does not fit"):
            await ledger.intend(intent(quote=10**30))
    ledger.close()


async def test_half_characters_in_an_answer_do_not_end_the_run(home: Place) -> None:
    said = Vote("mine", Labelled("good"), text="good \ud83d")
    failed = Vote("mine", Unlabelled(Reason.ERROR, "\udcff \0"))
    with closing(opened(home)) as ledger:
        ledger.add_vote(said, KEY)
        ledger.add_vote(failed, KEY)
        await ledger.flush()
        found = (await ledger.votes([KEY]))[KEY]
    assert [vote.text for vote in found] == ["good ?", ""]
    assert found[1].outcome == Unlabelled(Reason.ERROR, "? ?")


async def test_a_closed_ledger_says_so(home: Place) -> None:
    ledger = opened(home)
    ledger.close()
    async with asyncio.timeout(5):
        with pytest.raises(LedgerError, match="the ledger is closed"):
            await ledger.intend(intent())
    for late in (
        lambda: ledger.decide(decision("1"), "b"),
        lambda: ledger.settle(settlement(1), KEY),
        lambda: ledger.reserve(KEY, Usd(1), Usd(1)),
    ):
        with pytest.raises(LedgerError, match="the ledger is closed"):
            late()


BUSY_WRITER = """
import asyncio, os, sys
from ledger_cases import KEY, VOTE, intent, opened, place_of, settlement

async def work(ledger):
    while True:
        number = await ledger.intend(intent())
        os.write(1, f"intended {number}\\n".encode())
        ledger.settle(settlement(number), KEY, VOTE)
        await ledger.flush()
        os.write(1, f"settled {number}\\n".encode())

async def main():
    ledger = opened(place_of(sys.argv[1]))
    await asyncio.gather(*(work(ledger) for _ in range(64)))

asyncio.run(main())
"""


def test_what_was_acknowledged_survives_a_kill(home: Place) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUSY_WRITER, str(home)],
        env=same_modules(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(1500)]
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.readlines()
    complete = [line.split() for line in said if line.endswith("\n")]
    intended = {int(number) for what, number in complete if what == "intended"}
    settled = {int(number) for what, number in complete if what == "settled"}
    assert len(intended) >= len(settled) > 500
    assert intended <= {number for (number,) in rows(home, "SELECT id FROM attempt")}
    assert settled <= {number for (number,) in rows(home, "SELECT attempt FROM settlement")}
    with closing(opened(home)) as ledger:
        # Every attempt cost 60, or its quote of 100 where the kill came between.
        known = rows(home, "SELECT count(*) FROM settlement WHERE outcome = 'answered'")
        lost = rows(home, "SELECT count(*) FROM settlement WHERE outcome = 'unknown'")
        attempts = rows(home, "SELECT count(*) FROM attempt")
        assert known[0][0] + lost[0][0] == attempts[0][0]
        assert ledger.spent.usd == Usd(60 * known[0][0] + 100 * lost[0][0])
        assert len(asyncio.run(ledger.votes([KEY]))[KEY]) == known[0][0]


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from ledger_cases import intent, opened
from stepladder.errors import LedgerError

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

async def main():
    folder = Path(sys.argv[1])
    ledger = opened(folder)
    limit((folder / "run.db-wal").stat().st_size + 50_000)
    sent = 0
    try:
        while True:
            await ledger.intend(intent())
            sent += 1
    except LedgerError as problem:
        print(sent, problem)
    limit(resource.RLIM_INFINITY)
    for call in (ledger.intend(intent()), ledger.flush()):
        try:
            await call
            print("went on")
        except LedgerError as problem:
            print("refused")
    ledger.close()
    print("closed")

asyncio.run(main())
"""


def test_a_full_disk_stops_all_sending_and_loses_nothing(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        env=same_modules(),
        capture_output=True,
        text=True,
        check=True,
    )
    first, *then = ended.stdout.splitlines()
    sent, _, problem = first.partition(" ")
    assert int(sent) > 0
    assert "the ledger cannot be written:" in problem
    assert problem.endswith("free space or mend the file, then give the same command again")
    # There is space again, but this start has lost its footing.
    assert then == ["refused", "refused", "closed"]
    assert ended.stderr == ""
    with closing(opened(tmp_path)) as ledger:
        assert rows(tmp_path, "SELECT count(*) FROM attempt") == [(int(sent),)]
        assert ledger.spent.usd == Usd(100 * int(sent))
