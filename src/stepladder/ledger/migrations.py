"""Ordered changes to the schema; each raises the version by one and is never edited later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from stepladder.errors import LedgerMismatchError
from stepladder.ledger import schema
from stepladder.ledger.gold_table import add_gold, add_seen
from stepladder.ledger.intake_table import add_intakes
from stepladder.ledger.numbered_rows import number_rows

Migration = Callable[[Connection], None]

MIGRATIONS: Mapping[int, Migration] = MappingProxyType(
    {2: number_rows, 3: add_intakes, 4: add_gold, 5: add_seen}
)
"""What leads to each version from the one before; an empty database begins at the last."""


def migrate(connection: Connection, shown: str) -> None:
    """Bring the ledger to this schema; raises LedgerMismatchError for a newer or foreign one.

    All or nothing, and once: the caller lets no other process do so meanwhile.
    """
    version = version_of(connection, shown)
    if version == 0:
        SQLModel.metadata.create_all(connection, tables=[*map(schema.table_of, schema.TABLES)])
    else:
        for step in range(version + 1, schema.SCHEMA_VERSION + 1):
            MIGRATIONS[step](connection)
    now = schema.SCHEMA_VERSION
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
    connection.exec_driver_sql("DELETE FROM schema_version")
    connection.execute(text("INSERT INTO schema_version VALUES (:now)"), {"now": now})


def version_of(connection: Connection, shown: str) -> int:
    """The ledger's schema, 0 for an empty one; raises LedgerMismatchError as `migrate` does."""
    inspector = inspect(connection)
    names = inspector.get_table_names()
    _check_passive(connection, inspector.get_view_names(), shown)
    if "schema_version" in names:
        found = connection.execute(text("SELECT version FROM schema_version")).scalar()
        return _known(found, shown)
    if names:
        raise LedgerMismatchError(
            f"{shown}: a database with tables of something else ({names[0]}); name a new one"
        )
    return 0


def _check_passive(connection: Connection, views: list[str], shown: str) -> None:
    """A view or a trigger could make spent money disappear; stepladder makes neither."""
    active = [f"the view {name}" for name in views]
    if connection.dialect.name == "sqlite":
        triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        active += [f"the trigger {name}" for name in connection.execute(triggers).scalars()]
    if active:
        raise LedgerMismatchError(
            f"{shown}: holds {active[0]}, which stepladder did not make; name another --ledger"
        )


def _known(version: int | None, shown: str) -> int:
    if version is not None and version > schema.SCHEMA_VERSION:
        raise LedgerMismatchError(
            f"{shown}: written by a newer stepladder (schema {version}, this one knows "
            f"{schema.SCHEMA_VERSION}); upgrade stepladder"
        )
    return version or 0
