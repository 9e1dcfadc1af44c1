"""Opening the ledger's database."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock
from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import create_engine

from stepladder.errors import LedgerError
from stepladder.ledger.migrations import migrate, version_of
from stepladder.ledger.schema import SCHEMA_VERSION

SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
"""The drivers that a ledger's URL may name."""
PATIENCE = 10
"""Seconds to wait for other processes that use the file."""


def connect(url: str, *, must_exist: bool = False) -> Engine:
    """The database at the URL, its schema up to date; raises LedgerError when it cannot be."""
    path = sqlite_path(url)
    if must_exist and not path.exists():
        raise LedgerError(f"{path}: no such ledger; give the --ledger that `label` printed")
    _make_folder(path)
    engine = create_engine(url)
    event.listen(engine, "connect", _durable_and_patient)
    try:
        _bring_up_to_date(engine, url, path)
    except (DBAPIError, OSError) as problem:
        engine.dispose()
        told = problem.orig if isinstance(problem, DBAPIError) else problem
        raise LedgerError(f"{url}: cannot be used as a ledger: {told}") from None
    except LedgerError:
        engine.dispose()
        raise
    return engine


def sqlite_path(url: str) -> Path:
    """The file behind a SQLite URL; raises LedgerError for anything else."""
    parsed = _parsed(url)
    if parsed.drivername not in SQLITE:
        raise LedgerError(f"{url}: only sqlite:///FILE.db ledgers are supported so far")
    if parsed.host:
        raise LedgerError(f"{url}: write sqlite:///FILE.db with three slashes")
    if not parsed.database or parsed.database.startswith((":memory:", "file:")):
        raise LedgerError(f"{url}: a ledger needs a file, so that nothing paid for is lost")
    # Even an empty query would be cut off the name of the file.
    if "?" in url:
        raise LedgerError(f"{url}: a ledger takes no settings; write sqlite:///FILE.db without '?'")
    return Path(parsed.database)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise LedgerError(
            f"{url}: not a ledger URL; write sqlite:///FILE.db with three slashes"
        ) from None


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LedgerError(
            f"{path.parent}: cannot be made a folder for the ledger: {problem.strerror}; "
            "name another --ledger"
        ) from None


def _bring_up_to_date(engine: Engine, url: str, path: Path) -> None:
    with engine.connect() as connection:
        # Nothing is changed before this has shown that the file is a ledger, or empty.
        version = version_of(connection, url)
    if version == SCHEMA_VERSION:
        return
    # One at a time: SQLite does not wait for others when it changes the journal.
    with FileLock(f"{path.resolve()}.setup.lock", timeout=PATIENCE):
        with engine.connect() as connection:
            # Readers look while a run writes; the file remembers it.
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        with engine.begin() as connection:
            migrate(connection, url)


def _durable_and_patient(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # FULL survives a power cut, not only a crash.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
    cursor.close()
