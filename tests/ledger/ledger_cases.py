"""What the tests of this room write into ledgers, and a look at the file behind our back."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from stepladder.ledger import Intent, Ledger, RunStart, Settlement, open_ledger
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
VOTE = Vote("small", Labelled("good"), cost=Usd(7), key="k")


def url_of(folder: Path, file: str = "run.db") -> str:
    return f"sqlite:///{folder / file}"


def opened(folder: Path, **changes: Any) -> Ledger:
    """The ledger in the folder, for `RUN` or a run that differs from it."""
    return open_ledger(url_of(folder), replace(RUN, **changes))


def intent(key: CandidateKey = KEY, *, quote: int = 100, wage: bool = False) -> Intent:
    return Intent(0, key, "small", "k", wage, Usd(quote), "gpt-4o-mini 2025-01-01")


def settlement(attempt: int, *, cost: int = 60, wage: bool = False) -> Settlement:
    return Settlement(attempt, wage, "answered", Usd(cost), Usage(input=9, output=1), 0.5)


def same_modules() -> dict[str, str]:
    """The environment of a process that finds the modules which this one finds."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What SQLite itself finds in the file."""
    with closing(sqlite3.connect(folder / "run.db")) as connection:
        return connection.execute(query).fetchall()
