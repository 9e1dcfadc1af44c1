"""What only PostgreSQL does: clients are cut off, and may come back."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import count

import psycopg
import pytest
from ledger_cases import KEY, RUN, VOTE, intent, opened, rows, same_modules, settlement
from ledger_server import Server
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from stepladder.errors import LedgerBusyError, LedgerError, LedgerMismatchError
from stepladder.ledger import Money, Settlement, connect, open_ledger
from stepladder.ledger.database import database_of
from stepladder.ledger.pen import Pen
from stepladder.ledger.recovery import settle_unknown
from stepladder.ledger.schema import SCHEMA_VERSION
from stepladder.types import UNUSED, CandidateKey, Decision, Status, Usd

pytest_plugins = ("ledger_homes",)

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


def cut_off(database: str) -> None:
    """End every other connection to the database."""
    rows(database, f"{CUT} AND datname = current_database()")


async def test_a_restart_in_the_middle_loses_and_doubles_nothing(
    database: str, server: Server
) -> None:
    numbers, paused = count(), asyncio.Event()

    async def work() -> None:
        while not paused.is_set():
            key = CandidateKey(str(next(numbers)), "label")
            held = ledger.reserve(key, Usd(1), Usd(0))
            assert held
            attempt = await ledger.intend(intent(key))
            ledger.settle(settlement(attempt), key, VOTE)
            ledger.decide(Decision(key, Status.LABELLED, "good"), "b")

    with closing(opened(database)) as ledger:
        workers = [asyncio.create_task(work()) for _ in range(16)]
        for _ in range(2):
            await asyncio.sleep(0.3)
            before = next(numbers)
            await asyncio.to_thread(server.restart)
            await asyncio.sleep(0.3)
        paused.set()
        await asyncio.gather(*workers)
        await ledger.flush()
        made = next(numbers)
        assert made > before + 32
        # Reading, too, goes on by itself.
        assert len(await ledger.votes([CandidateKey("0", "label")])) == 1
    wanted = made - 2
    for table in ("reservation", "attempt", "vote", "decision"):
        query = f"SELECT count(*), count(DISTINCT candidate) FROM {table}"  # noqa: S608
        found = rows(database, query)
        assert found == [(wanted, wanted)], table
    assert rows(database, "SELECT count(*), sum(cost_pico) FROM settlement") == [
        (wanted, 60 * wanted)
    ]


async def test_a_restart_takes_nobody_for_dead(database: str, server: Server) -> None:
    shared = {"shared": "team", "budget": Usd(1000)}
    with (
        closing(opened(database, name="a", **shared)) as first,
        closing(opened(database, name="b", **shared)) as second,
    ):
        assert await first.lease(Money(Usd(1)), Money(Usd(1000))) == Money(Usd(1000))
        await asyncio.to_thread(server.restart)
        # The first has not come back yet: it has had nothing to write.
        assert await second.lease(Money(Usd(1)), Money(Usd(1))) == Money()
        await first.intend(intent())


async def test_the_loop_goes_on_while_a_read_waits_for_the_server(
    database: str, server: Server
) -> None:
    with closing(opened(database)) as ledger:
        attempt = await ledger.intend(intent())
        ledger.settle(settlement(attempt), KEY, VOTE)
        await ledger.flush()
        await asyncio.to_thread(server.stop)
        reading = asyncio.create_task(ledger.votes([KEY]))
        late = 0.0
        for _ in range(20):
            began = time.monotonic()
            await asyncio.sleep(0.01)
            late = max(late, time.monotonic() - began - 0.01)
        assert not reading.done()
        await asyncio.to_thread(server.start)
        assert await reading == {KEY: [VOTE]}
        assert late < 0.2


async def test_whoever_stops_does_not_wait_for_the_server(database: str, server: Server) -> None:
    async def stop(_: float) -> None:
        raise InterruptedError

    with closing(opened(database)) as ledger:
        await asyncio.to_thread(server.stop)
        with pytest.raises(InterruptedError):
            await asyncio.wait_for(ledger.votes([KEY], stop), 10)
        await asyncio.to_thread(server.start)


async def test_calls_that_a_start_gave_up_itself_do_not_look_like_anothers(database: str) -> None:
    with closing(opened(database)) as ledger:
        attempt = await ledger.intend(intent())
        lost = Settlement(attempt, False, "unknown", Usd(100), UNUSED, 0.1, "given up under way")
        ledger.settle(lost, KEY)
        await ledger.flush()
        cut_off(database)
        second = await ledger.intend(intent())
        ledger.settle(settlement(second), KEY, VOTE)
        await ledger.flush()
    assert rows(database, "SELECT count(*) FROM vote") == [(1,)]


async def test_a_run_whose_calls_another_process_settled_meanwhile_is_halted(database: str) -> None:
    with closing(opened(database)) as ledger:
        await ledger.intend(intent())
        # It died before it noted its own start.
        engine = connect(database)
        with engine.begin() as connection:
            assert settle_unknown(connection, RUN.name) == 1
        engine.dispose()
        cut_off(database)
        with pytest.raises(LedgerBusyError, match="taken up by another process"):
            await ledger.intend(intent())


def test_what_always_ends_its_connection_is_not_tried_forever(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stepladder.ledger.pen.MOST_TRIES", 3)
    tries = count()

    def end_it(connection: Connection) -> None:
        next(tries)
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    place = database_of(database)
    engine = connect(database)
    pen = Pen(place, engine, "reviews")
    with pytest.raises(OperationalError, match="terminating connection"):
        pen.do(end_it)
    assert next(tries) == 3
    pen.close()
    engine.dispose()


async def test_a_run_that_another_process_took_up_meanwhile_is_halted(database: str) -> None:
    with closing(opened(database)) as ledger:
        cut_off(database)
        told = "being worked on by another process"
        with closing(opened(database)), pytest.raises(LedgerBusyError, match=told):
            await ledger.intend(intent())
    with closing(opened(database)) as ledger:
        cut_off(database)
        opened(database).close()
        with pytest.raises(LedgerBusyError, match="taken up by another process while the conn"):
            await ledger.intend(intent())
    assert rows(database, "SELECT count(*) FROM attempt") == [(0,)]


async def test_a_run_whose_leases_were_given_back_meanwhile_is_halted(database: str) -> None:
    shared = {"shared": "team", "budget": Usd(1000)}
    with closing(opened(database, name="a", **shared)) as first:
        await first.lease(Money(Usd(1)), Money(Usd(1000)))
        await first.intend(intent())
        with closing(opened(database, name="b", **shared)) as second:
            cut_off(database)
            # Both are cut off; the second comes back first, and takes the other for dead.
            assert await second.lease(Money(Usd(1)), Money(Usd(1000))) == Money(Usd(900))
            with pytest.raises(LedgerBusyError, match="taken up by another process"):
                await first.intend(intent())
    assert rows(database, "SELECT count(*) FROM attempt") == [(1,)]


async def test_what_may_have_been_written_is_not_written_twice(database: str) -> None:
    """Cut off at random moments, among them those between a commit and its answer."""
    with closing(opened(database)) as ledger:
        ended, chance = threading.Event(), random.Random(3)  # noqa: S311 - a schedule

        def cut_often() -> None:
            for _ in range(12):
                time.sleep(chance.uniform(0.05, 0.25))
                cut_off(database)
            ended.set()

        cutter, made = threading.Thread(target=cut_often), 0
        cutter.start()
        while not ended.is_set():
            key = CandidateKey(str(made), "label")
            attempt = await ledger.intend(intent(key))
            ledger.settle(settlement(attempt), key, VOTE)
            made += 1
        cutter.join()
        await ledger.flush()
    assert made > 12
    assert rows(database, "SELECT count(*) FROM attempt") == [(made,)]
    assert rows(database, "SELECT sum(cost_pico) FROM settlement") == [(60 * made,)]
    assert rows(database, "SELECT count(DISTINCT candidate), count(*) FROM vote") == [(made, made)]


def test_a_run_belongs_to_one_process(database: str) -> None:
    with closing(opened(database)):
        with pytest.raises(
            LedgerBusyError, match=r"run 'reviews' of postgresql:.* another process"
        ):
            opened(database)
        opened(database, name="another run").close()
    opened(database).close()


def test_several_first_starts_at_once_make_one_ledger(database: str) -> None:
    gate, problems = threading.Barrier(4), list[Exception]()

    def start() -> None:
        gate.wait()
        try:
            connect(database).dispose()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert rows(database, "SELECT version FROM schema_version") == [(SCHEMA_VERSION,)]


def test_a_database_of_something_else_is_refused_and_left_alone(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    with pytest.raises(LedgerMismatchError, match=r"tables of something else \(customers\)"):
        opened(database)
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert rows(database, tables) == [("customers",)]


def test_another_task_is_refused(database: str) -> None:
    opened(database).close()
    with pytest.raises(LedgerMismatchError, match="made by task 'sentiment', not 'stance'"):
        opened(database, task="stance")


def test_looking_into_a_ledger_that_is_not_there_makes_none(database: str) -> None:
    with pytest.raises(LedgerError, match="no such ledger; give the --ledger"):
        connect(database, must_exist=True)
    assert rows(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


def test_either_way_to_write_the_url_names_the_same_ledger(database: str) -> None:
    with closing(opened(database)), pytest.raises(LedgerBusyError):
        opened(database.replace("postgresql://", "postgresql+psycopg://"))


def test_a_commit_is_on_disk_even_where_the_server_does_not_insist(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    engine = connect(database)
    with engine.connect() as seen:
        assert seen.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@127.0.0.1:1/nowhere",
        "postgresql+psycopg://me:s3cret@127.0.0.1:1/nowhere?connect_timeout=1",
        "postgresql://127.0.0.1:1/nowhere?user=me&password=s3cret",
        "postgresql+asyncpg://me:s3cret@127.0.0.1:1/nowhere",
        "postgresql://me:s3cret@127.0.0.1:port/nowhere",
        "postgresql://me:s3/cret@127.0.0.1:1/nowhere",
        "mysql://me:s3cret@127.0.0.1/nowhere",
        "me:s3cret@127.0.0.1/nowhere",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    for use in (lambda: connect(url), lambda: open_ledger(url, RUN)):
        with pytest.raises(LedgerError) as problem:
            use()
        assert "cret" not in str(problem.value)
        assert "nowhere" in str(problem.value)


def test_without_the_extra_it_is_named() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from stepladder.ledger import connect\n"
        "connect('postgresql://me:s3cret@localhost/reviews')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=same_modules(),
        capture_output=True,
        text=True,
        check=False,
    )
    told = ended.stderr.strip().splitlines()[-1]
    assert "MissingExtraError" in told
    assert "pip install 'stepladder[postgres]'" in told
    assert "s3cret" not in told
