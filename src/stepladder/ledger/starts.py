"""The starts of a run, and the rows that each of them wrote."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Subquery,
    Table,
    insert,
    literal,
    select,
    text,
)

from stepladder.errors import LedgerBusyError
from stepladder.ledger.entries import RunStart
from stepladder.ledger.schema import (
    START_STRIDE,
    LeaseRow,
    RunRow,
    SettlementRow,
    now,
    table_of,
)

SETTLED = table_of(SettlementRow)
NEVER_CAME = "the run ended before the answer came"
"""The detail of settlements that another process, or a later start, made for a start."""
# PostgreSQL takes a number beside a column of small integers for a small one.
STRIDE = literal(START_STRIDE, BigInteger)
LAST = literal(START_STRIDE - 1, BigInteger)


def add_start(connection: Connection, start: RunStart) -> int:
    """Note that a run starts; the start's number comes back."""
    values = {
        "name": start.name,
        "task": start.task,
        "labels": start.labels,
        "task_digest": start.task_digest,
        "policy_digest": start.policy_digest,
        "policy": start.policy,
        "seed": start.seed,
        "budget_pico": start.budget.pico,
        "wages_pico": start.wages.pico,
        "version": start.version,
        "shared": start.shared,
        "at": now(),
    }
    added = connection.execute(insert(table_of(RunRow)), values)
    key = added.inserted_primary_key
    assert key is not None  # noqa: S101 - a single insert has one
    return int(key[0])


def check_mine(connection: Connection, run: str, start: int) -> None:
    """Raise LedgerBusyError when others took the run up while this start was cut off."""
    runs, lease = table_of(RunRow), table_of(LeaseRow)
    newer = select(runs.c.id).where(runs.c.name == run, runs.c.id > start)
    reaped = select(lease.c.id).where(lease.c.start == start, lease.c.closing)
    # A start gives up calls itself, too: their outcome is as unknown, but told otherwise.
    lost = select(SETTLED.c.attempt).where(of_start(SETTLED, start), SETTLED.c.detail == NEVER_CAME)
    if any(connection.execute(sign.limit(1)).first() for sign in (newer, reaped, lost)):
        raise LedgerBusyError(
            f"run {run!r} was taken up by another process while the connection to the ledger "
            "was lost; give the same command again"
        )


def starts_of(connection: Connection, run: str) -> Sequence[int]:
    """The numbers of a run's starts, oldest first."""
    return connection.execute(select(_starts(run)).order_by(text("id"))).scalars().all()


def of_start(rows: Table, start: int) -> ColumnElement[bool]:
    """Whether a row was written by the start."""
    return number_of(rows).between(start * START_STRIDE, (start + 1) * START_STRIDE - 1)


def rows_of_run(rows: Table, run: str) -> FromClause:
    """The rows that the run's starts wrote, as ranges of their numbers."""
    runs = _starts(run)
    first, last = runs.c.id * STRIDE, runs.c.id * STRIDE + LAST
    return rows.join(runs, number_of(rows).between(first, last))


def rows_with_run(rows: Table) -> FromClause:
    """The rows, each beside the start that wrote it."""
    runs = table_of(RunRow)
    return rows.join(runs, runs.c.id == number_of(rows) // START_STRIDE)


def number_of(rows: Table) -> Column[int]:
    """What the rows of a table are numbered by."""
    (number,) = rows.primary_key.columns
    return number


def _starts(run: str) -> Subquery:
    rows = table_of(RunRow)
    return select(rows.c.id).where(rows.c.name == run).subquery()
