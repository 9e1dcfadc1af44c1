"""The one connection that writes for a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from stepladder.ledger.addition import Addition
from stepladder.ledger.database import Database
from stepladder.ledger.patience import patiently
from stepladder.ledger.schema import now

MOST_TRIES = 20
"""Times that something is done whose connection is lost each time: perhaps it is the cause."""

Result = TypeVar("Result")


class Pen:
    """Writes, and holds the run's lock; used by one thread at a time.

    The lock belongs to the connection where it can: whoever loses one has lost the other,
    and writes nothing before both are back.
    """

    def __init__(self, database: Database, engine: Engine, run: str) -> None:
        self.database = database
        self.check: Callable[[Connection], None] = lambda _: None
        """Called after a lost lock was taken again: whether the run is still this start's."""
        self._engine = engine
        self._lock = database.lock(run)
        self._connection = self._claimed()

    def add(self, additions: Sequence[Addition]) -> None:
        """Make the rows durable in one transaction; after a lost connection, once more."""
        if additions:
            at = now()
            tries = iter((False,))
            self._persistently(lambda: self._add(additions, at, again=next(tries, True)))

    def do(self, work: Callable[[Connection], Result]) -> Result:
        """What the work returns, done in a transaction; done again if the connection is lost."""

        def once() -> Result:
            with self._connection.begin():
                return work(self._connection)

        return self._persistently(once)

    def close(self) -> None:
        """Give up the connection and the lock; safe to call twice."""
        self._lock.release()
        self._connection.close()

    def _add(self, additions: Sequence[Addition], at: datetime, *, again: bool) -> None:
        # Below SQLAlchemy, whose work per row is twice that of the database.
        raw: Any = self._connection.connection.dbapi_connection
        try:
            self.database.add(raw, additions, at, again=again)
        except BaseException:
            # What went wrong first is what is told.
            with suppress(Exception):
                raw.rollback()
            raise

    def _persistently(self, once: Callable[[], Result]) -> Result:
        for _ in range(MOST_TRIES - 1):
            try:
                return once()
            except Exception as problem:
                if not self.database.lost(problem):
                    raise
            self._reconnect()
        return once()

    def _reconnect(self) -> None:
        """Take up connection and lock again; raises LedgerBusyError if the run is another's."""
        _abandon(self._connection)
        self._connection = patiently(self.database, self._taken_up)

    def _taken_up(self) -> Connection:
        connection = self._claimed()
        try:
            with connection.begin():
                self.check(connection)
        except BaseException:
            _abandon(connection)
            raise
        return connection

    def _claimed(self) -> Connection:
        connection = self._engine.connect()
        try:
            # Not to be lent to anybody else, who would hold the lock then.
            connection.detach()
            self._lock.acquire(connection)
        except BaseException:
            _abandon(connection)
            raise
        return connection


def _abandon(connection: Connection) -> None:
    """Close a connection that may be lost already, without a last word to the server."""
    with suppress(Exception):
        raw = connection.connection.dbapi_connection
        if raw is not None:
            raw.close()
    with suppress(Exception):
        connection.invalidate()
        connection.close()
