"""Opening the ledger's database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import create_engine

from stepladder.errors import LedgerError
from stepladder.ledger.migrations import migrate


def connect(url: str, *, must_exist: bool = False) -> Engine:
    """The database at the URL, its schema up to date; raises LedgerError when it cannot be."""
    path = sqlite_path(url)
    if must_exist and path is not None and not path.exists():
        raise LedgerError(f"{path}: no such ledger; give the --ledger that `label` printed")
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    if path is not None:
        event.listen(engine, "connect", _durable_and_shared)
    try:
        with engine.begin() as connection:
            migrate(connection, url)
    except DBAPIError as problem:
        raise LedgerError(f"{url}: cannot be used as a ledger: {problem.orig}") from None
    return engine


def sqlite_path(url: str) -> Path | None:
    """The file behind a SQLite URL, None for another database; raises LedgerError."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise LedgerError(
            f"{url}: not a ledger URL; write sqlite:///FILE.db with three slashes"
        ) from None
    if parsed.get_backend_name() != "sqlite":
        raise LedgerError(f"{url}: only sqlite:///FILE.db ledgers are supported so far")
    if not parsed.database or parsed.database == ":memory:":
        raise LedgerError(f"{url}: a ledger needs a file, so that nothing paid for is lost")
    return Path(parsed.database)


def _durable_and_shared(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # WAL lets readers look while a run writes; FULL survives a power cut, not only a crash.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()
