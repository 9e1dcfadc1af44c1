"""SQLite as ledger: one file beside the output."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import create_engine

from stepladder.errors import LedgerError, NoLedgerError
from stepladder.ledger.addition import Addition, columns
from stepladder.ledger.address import sqlite_path
from stepladder.ledger.locks import SqliteLock

PATIENCE = 10
"""Seconds to wait for other processes that use the file."""
CACHE = 32_000
"""KiB of the file that each connection keeps: ids in no order touch all of an index."""
MOST_ROWS = 256 if sqlite3.sqlite_version_info >= (3, 32) else 32
"""Rows added by one statement: old builds allow 999 variables."""


class Sqlite:
    """A file; locks are files beside it, which the kernel frees however a process dies."""

    def __init__(self, url: str) -> None:
        self.shown = url
        self._path = sqlite_path(url)

    def engine(self) -> Engine:
        """Connections to the file."""
        engine = create_engine(self.shown)
        event.listen(engine, "connect", _durable_and_patient)
        return engine

    def make_room(self) -> None:
        """Make the file's folder; raises LedgerError when it cannot be made."""
        _make_folder(self._path)

    def check_exists(self, engine: Engine) -> None:  # noqa: ARG002 - it would make the file
        """Raise NoLedgerError when there is no such file."""
        if not self._path.exists():
            raise NoLedgerError(
                f"{self._path}: no such ledger; give the --ledger that `label` printed"
            )

    @contextmanager
    def setting_up(self, engine: Engine) -> Iterator[Connection]:
        """A transaction to change the schema in, one process at a time."""
        # SQLite does not wait for others when it changes the journal.
        with FileLock(f"{self._path.resolve()}.setup.lock", timeout=PATIENCE):
            with engine.connect() as connection:
                # Readers look while a run writes; the file remembers it.
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            with engine.begin() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection

    def lock(self, run: str) -> SqliteLock:
        """The claim on a run: a locked file beside the ledger."""
        readable = re.sub(r"[^A-Za-z0-9_-]+", "-", run)[:40]
        digest = sha256(run.encode(errors="surrogatepass")).hexdigest()[:8]
        path = f"{self._path.resolve()}.{readable}-{digest}.lock"
        return SqliteLock(f"run {run!r} of {self.shown}", path)

    def add(
        self,
        raw: Any,
        additions: Sequence[Addition],
        at: datetime,
        *,
        again: bool,  # noqa: ARG002 - never
    ) -> None:
        """Add the rows in one transaction."""
        moment, cursor = at.isoformat(" ", "microseconds"), raw.cursor()
        # SQLite would not wait for others if it had begun as a reader.
        cursor.execute("BEGIN IMMEDIATE")
        for addition in additions:
            _insert(cursor, addition, moment)
        raw.commit()
        cursor.close()

    def alone(self, connection: Connection, budget: str) -> None:  # noqa: ARG002 - all of them
        """Nobody else writes to the file before the transaction ends."""
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - the only driver
        if not raw.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    def lost(self, problem: Exception) -> bool:  # noqa: ARG002 - whatever it is
        """A file is never lost."""
        return False

    def back(self, connection: Connection, began: datetime) -> bool:  # noqa: ARG002 - always
        """Nobody is ever cut off from a file."""
        return True


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LedgerError(
            f"{path.parent}: cannot be made a folder for the ledger: {problem.strerror}; "
            "name another --ledger"
        ) from None


def _durable_and_patient(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # FULL survives a power cut, not only a crash.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
    cursor.execute(f"PRAGMA cache_size=-{CACHE}")
    cursor.close()


def _insert(cursor: Any, addition: Addition, moment: str) -> None:
    """Add rows, many to a statement: each one hands Python's lock to and fro."""
    rows, done = addition.rows, 0
    while left := len(rows) - done:
        # Powers of two, so that few statements serve all numbers of rows.
        many = min(MOST_ROWS, 1 << (left.bit_length() - 1))
        values = chain.from_iterable(rows[done : done + many])
        cursor.execute(_insertion(addition.table, many), (moment, *values))
        done += many


@cache
def _insertion(table: Table, rows: int) -> str:
    """The statement that adds so many rows; ?1 is their time."""
    names = columns(table)
    firsts = range(2, 2 + rows * len(names), len(names))
    values = ",".join(
        "(" + "".join(f"?{first + n}," for n in range(len(names))) + "?1)" for first in firsts
    )
    quoted = ",".join(f'"{name}"' for name in (*names, "at"))
    return f'INSERT INTO "{table.name}" ({quoted}) VALUES {values}'  # noqa: S608 - our own names
