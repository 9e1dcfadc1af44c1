"""What the tests of this room write into ledgers, and a look at the file behind our back."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from stepladder.ledger import (
    GoldEntry,
    Intent,
    Ledger,
    Origin,
    RunStart,
    Settlement,
    open_ledger,
)
from stepladder.types import CandidateKey, Labelled, Usage, Usd, Vote

RUN = RunStart(
    name="reviews",
    task="sentiment",
    labels='["good","bad"]',
    task_digest="t",
    policy_digest="p",
    policy="{}",
    seed=0,
    budget=Usd.of(5),
    wages=Usd.of(2),
    version="0",
)
KEY = CandidateKey("r1", "label")
GOLD = GoldEntry(KEY, "good", 0.25, "", "g1", Origin.TERMINAL, "d", 0)
VOTE = Vote("small", Labelled("good"), cost=Usd(7), key="k")


Place = Path | str
"""Where a ledger is: the folder of a SQLite file, or the URL of a PostgreSQL database."""


def url_of(place: Place, file: str = "run.db") -> str:
    return f"sqlite:///{place / file}" if isinstance(place, Path) else place


def opened(place: Place, **changes: Any) -> Ledger:
    """The ledger of the place, for `RUN` or a run that differs from it."""
    return open_ledger(url_of(place), replace(RUN, **changes))


def intent(key: CandidateKey = KEY, *, quote: int = 100, wage: bool = False) -> Intent:
    return Intent(0, key, "small", "k", wage, Usd(quote), "gpt-4o-mini 2025-01-01")


def settlement(attempt: int, *, cost: int = 60, wage: bool = False) -> Settlement:
    return Settlement(attempt, wage, "answered", Usd(cost), Usage(input=9, output=1), 0.5)


def same_modules() -> dict[str, str]:
    """The environment of a process that finds the modules which this one finds."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def rows(place: Place, query: str) -> list[tuple[Any, ...]]:
    """What the database itself finds."""
    if isinstance(place, str):
        with psycopg.connect(place) as server:
            return server.execute(query).fetchall()
    with closing(sqlite3.connect(place / "run.db")) as connection:
        return connection.execute(query).fetchall()


@contextmanager
def nobody_else_writes(place: Place) -> Iterator[None]:
    """Until this ends, every writer waits."""
    if isinstance(place, str):
        with psycopg.connect(place) as server:
            server.execute("LOCK TABLE attempt, settlement, vote, decision IN EXCLUSIVE MODE")
            yield
        return
    with closing(sqlite3.connect(place / "run.db")) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def place_of(text: str) -> Place:
    """The place that another process was told of."""
    return text if "://" in text else Path(text)
