"""Ordered changes to the schema; each raises the version by one and is never edited later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy import Connection, Table, inspect, text
from sqlmodel import SQLModel

from stepladder.errors import LedgerMismatchError
from stepladder.ledger import schema

Migration = Callable[[Connection], None]


def _first_tables(connection: Connection) -> None:
    SQLModel.metadata.create_all(connection, tables=_tables())


MIGRATIONS: Mapping[int, Migration] = MappingProxyType({1: _first_tables})
"""What leads to each version from the one before."""


def migrate(connection: Connection, url: str) -> None:
    """Bring the ledger to this schema; raises LedgerMismatchError for a newer or foreign one.

    All or nothing, and once: processes that start together wait for each other.
    """
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    version = version_of(connection, url)
    for step in range(version + 1, schema.SCHEMA_VERSION + 1):
        MIGRATIONS[step](connection)
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
    connection.exec_driver_sql("DELETE FROM schema_version")
    connection.exec_driver_sql("INSERT INTO schema_version VALUES (?)", (schema.SCHEMA_VERSION,))


def version_of(connection: Connection, url: str) -> int:
    """The ledger's schema, 0 for an empty file; raises LedgerMismatchError as `migrate` does."""
    names = inspect(connection).get_table_names()
    if "schema_version" in names:
        return _known(connection.execute(text("SELECT version FROM schema_version")).scalar(), url)
    if names:
        raise LedgerMismatchError(
            f"{url}: a database with tables of something else ({names[0]}); name a new file"
        )
    return 0


def _known(version: int | None, url: str) -> int:
    if version is not None and version > schema.SCHEMA_VERSION:
        raise LedgerMismatchError(
            f"{url}: written by a newer stepladder (schema {version}, this one knows "
            f"{schema.SCHEMA_VERSION}); upgrade stepladder"
        )
    return version or 0


def _tables() -> list[Table]:
    rows = (
        schema.RunRow,
        schema.ReservationRow,
        schema.AttemptRow,
        schema.SettlementRow,
        schema.VoteRow,
        schema.FitRow,
        schema.DecisionRow,
    )
    return [schema.table_of(row) for row in rows]
