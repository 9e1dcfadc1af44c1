"""PostgreSQL as ledger: one for several machines. Needs the extra `postgres`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Table, event, inspect, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import create_engine

from stepladder.errors import LedgerError, MissingExtraError, NoLedgerError
from stepladder.ledger.addition import Addition, columns
from stepladder.ledger.address import address
from stepladder.ledger.locks import PostgresLock, advisory_key
from stepladder.ledger.mask import masked

DRIVERS = frozenset({"postgresql", "postgresql+psycopg"})
"""The drivers that a PostgreSQL ledger's URL may name; both mean psycopg."""
GONE = ("08", "57P")
"""How the codes of errors begin after which another connection may work."""
BACK = timedelta(seconds=30)
"""How long after its start the server's clients come back."""
# A peer that has vanished is noticed within a minute, on both sides.
LIVELY = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}
SESSION = (
    "SET tcp_keepalives_idle = 20",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
    # What is answered for has to be on disk, however the server is set up.
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')",
)
CASTS = {int: "bigint", float: "float8", bool: "boolean"}
"""What the text of a JSON value is made to be, by the column's type."""

# They would tell the terminal of every lost connection, which is for us to handle.
for package in ("psycopg", "sqlalchemy"):
    logging.getLogger(package).addHandler(logging.NullHandler())


class Postgres:
    """A database of its own; locks are held by connections, and end with them."""

    def __init__(self, url: str) -> None:
        parsed = address(url)
        self.shown = masked(url)
        if parsed.drivername not in DRIVERS:
            raise LedgerError(
                f"{self.shown}: write postgresql://USER:PASSWORD@HOST/DATABASE, without a driver"
            )
        self._url = parsed.set(drivername="postgresql+psycopg")

    def engine(self) -> Engine:
        """Connections to the database; raises MissingExtraError without psycopg."""
        try:
            import psycopg  # noqa: F401 - only whether it is there
        except ImportError:
            raise MissingExtraError(
                f"{self.shown}: a PostgreSQL ledger needs the extra `postgres`: "
                "pip install 'stepladder[postgres]'"
            ) from None
        given = {name: value for name, value in LIVELY.items() if name not in self._url.query}
        engine = create_engine(
            self._url,
            connect_args=given,
            pool_pre_ping=True,
            # Whoever waited for a lock has to see what its last holder wrote.
            isolation_level="READ COMMITTED",
        )
        event.listen(engine, "connect", _set_up)
        return engine

    def make_room(self) -> None:
        """Nothing: the server keeps its own files."""

    def check_exists(self, engine: Engine) -> None:
        """Raise NoLedgerError when there is no ledger yet."""
        if "schema_version" not in inspect(engine).get_table_names():
            raise NoLedgerError(
                f"{self.shown}: no such ledger; give the --ledger that `label` printed"
            )

    @contextmanager
    def setting_up(self, engine: Engine) -> Iterator[Connection]:
        """A transaction to change the schema in, one process at a time."""
        with engine.begin() as connection:
            _hold(connection, "schema")
            yield connection

    def lock(self, run: str) -> PostgresLock:
        """The claim on a run: an advisory lock of the connection that claims it."""
        return PostgresLock(f"run {run!r} of {self.shown}", advisory_key(f"run {run}"))

    def add(self, raw: Any, additions: Sequence[Addition], at: datetime, *, again: bool) -> None:
        """Add the rows in one transaction and one journey to the server."""
        tail = " ON CONFLICT DO NOTHING" if again else ""
        with raw.pipeline(), raw.cursor() as cursor:
            for addition in additions:
                # As JSON: one value to send, however many rows and columns.
                values = orjson.dumps(addition.rows).decode()
                cursor.execute(_insertion(addition.table) + tail, (at, values))
            raw.commit()

    def alone(self, connection: Connection, budget: str) -> None:
        """Wait until nobody else leases from the budget."""
        _hold(connection, f"budget {budget}")

    def lost(self, problem: Exception) -> bool:
        """Whether the server, or the way to it, is gone, and may come back."""
        from psycopg import InterfaceError, OperationalError

        cause = problem.orig if isinstance(problem, DBAPIError) else problem
        if not isinstance(cause, OperationalError | InterfaceError):
            return False
        # Without a code nothing came from the server at all.
        return cause.sqlstate is None or cause.sqlstate.startswith(GONE)

    def back(self, connection: Connection, began: datetime) -> bool:
        """Whether who began then, UTC, has had time to come back if the server restarted."""
        begin = connection.execute(text("SELECT pg_postmaster_start_time()")).scalar_one()
        up = connection.execute(text("SELECT clock_timestamp()")).scalar_one() - begin
        return bool(began.replace(tzinfo=UTC) > begin or up > BACK)


def _set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for statement in SESSION:
        cursor.execute(statement)
    cursor.close()
    connection.commit()


def _hold(connection: Connection, what: str) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": advisory_key(what)})


@cache
def _insertion(table: Table) -> str:
    """The statement that adds rows given as JSON; their time comes first."""
    names = columns(table)
    into = ",".join(f'"{name}"' for name in (*names, "at"))
    values = ",".join(_value(table, name, place) for place, name in enumerate(names))
    return (
        f'INSERT INTO "{table.name}" ({into}) '  # noqa: S608 - our own names
        f"SELECT {values},moment FROM (SELECT %s::timestamp AS moment, %s::jsonb AS rows) given,"
        " jsonb_array_elements(given.rows) AS row"
    )


def _value(table: Table, name: str, place: int) -> str:
    cast = CASTS.get(table.c[name].type.python_type)
    return f"(row->>{place})::{cast}" if cast else f"row->>{place}"
