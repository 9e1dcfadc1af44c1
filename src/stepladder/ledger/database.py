"""The ledger's database: which one a URL names, and its schema brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from stepladder.errors import LedgerError
from stepladder.ledger.addition import Addition
from stepladder.ledger.address import address, sqlite_path
from stepladder.ledger.failure import first_line
from stepladder.ledger.locks import RunLock
from stepladder.ledger.migrations import migrate, version_of
from stepladder.ledger.schema import SCHEMA_VERSION
from stepladder.ledger.sqlite import Sqlite


class Database(Protocol):
    """What differs between one database and another."""

    shown: str
    """The URL as it may be shown."""

    def engine(self) -> Engine:
        """Connections that keep what they commit; raises LedgerError for a URL of no use."""

    def make_room(self) -> None:
        """Make what a database needs to be in; raises LedgerError when it cannot."""

    def check_exists(self, engine: Engine) -> None:
        """Raise NoLedgerError when there is no ledger yet."""

    def setting_up(self, engine: Engine) -> AbstractContextManager[Connection]:
        """A transaction to change the schema in, one process at a time."""

    def lock(self, run: str) -> RunLock:
        """The claim on a run."""

    def add(self, raw: Any, additions: Sequence[Addition], at: datetime, *, again: bool) -> None:
        """Add rows in one transaction; `again` when nobody knows whether they are there."""

    def alone(self, connection: Connection, budget: str) -> None:
        """Wait until nobody else leases from the budget; until the transaction ends."""

    def lost(self, problem: Exception) -> bool:
        """Whether the connection is gone, and another one may work."""

    def back(self, connection: Connection, began: datetime) -> bool:
        """Whether who began then, UTC, has had time to come back if it was cut off."""


def database_of(url: str) -> Database:
    """The database that a URL names; raises LedgerError when it names none."""
    if address(url).get_backend_name() == "postgresql":
        from stepladder.ledger.postgres import Postgres

        return Postgres(url)
    return Sqlite(url)


def ledger_file(url: str) -> Path | None:
    """The file that a ledger's URL names, if it is one; raises LedgerError as `connect` does."""
    return sqlite_path(url) if isinstance(database_of(url), Sqlite) else None


def connect(url: str, *, must_exist: bool = False) -> Engine:
    """The database at the URL, its schema up to date; raises LedgerError when it cannot be."""
    return opened(database_of(url), must_exist=must_exist)


def opened(database: Database, *, must_exist: bool = False) -> Engine:
    """Connections to the database, its schema up to date; raises LedgerError as `connect`."""
    engine = database.engine()
    try:
        if must_exist:
            database.check_exists(engine)
        else:
            database.make_room()
        _bring_up_to_date(database, engine)
    except (DBAPIError, OSError) as problem:
        engine.dispose()
        told = first_line(problem.orig if isinstance(problem, DBAPIError) else problem)
        raise LedgerError(f"{database.shown}: cannot be used as a ledger: {told}") from None
    except LedgerError:
        engine.dispose()
        raise
    return engine


def _bring_up_to_date(database: Database, engine: Engine) -> None:
    with engine.connect() as connection:
        # Nothing is changed before this has shown that it is a ledger, or empty.
        version = version_of(connection, database.shown)
    if version == SCHEMA_VERSION:
        return
    with database.setting_up(engine) as connection:
        migrate(connection, database.shown)
