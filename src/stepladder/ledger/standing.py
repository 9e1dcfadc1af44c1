"""How every candidate of a run stands, for a start that resumes it."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Engine, func, select

from stepladder.errors import LedgerError
from stepladder.ledger.schema import DecisionRow, RunRow, table_of
from stepladder.ledger.starts import of_start, rows_of_run, rows_with_run, starts_of
from stepladder.types import CandidateKey, Status

STREAMED = 5000
"""Rows held at once."""


class DecidedKey(NamedTuple):
    """How the last decision about a candidate and question ended, without its details."""

    key: CandidateKey
    basis: str
    status: Status


def each_decided(engine: Engine, run: str) -> Iterator[DecidedKey]:
    """How the run's last decision about each candidate ended, in the order they were made.

    A million take 8 MB: the index is read once for the last numbers, and then the table
    from end to end, since looking candidates up one by one would read it in no order.
    """
    rows = table_of(DecisionRow)
    columns = select(rows.c.id, rows.c.candidate, rows.c.question, rows.c.basis, rows.c.status)
    wanted = iter(_last_numbers(engine, run))
    statuses = {status.value: status for status in Status}
    last = next(wanted, None)
    with engine.connect().execution_options(yield_per=STREAMED) as connection:
        # Start by start, so that the rows need no sorting.
        for start in starts_of(connection, run):
            query = columns.where(of_start(rows, start)).order_by(rows.c.id)
            for number, candidate, question, basis, status in connection.execute(query):
                if status not in statuses:
                    raise LedgerError(
                        f"the ledger's decision about candidate {candidate!r} has the status "
                        f"{status!r}; something else than stepladder wrote it, "
                        "name another --ledger"
                    )
                if number == last:
                    yield DecidedKey(CandidateKey(candidate, question), basis, statuses[status])
                    last = next(wanted, None)


def each_ever(engine: Engine, run: str, statuses: Collection[Status]) -> Iterator[CandidateKey]:
    """Whatever the run ever decided so, even if a later decision is another; some come twice."""
    rows = table_of(DecisionRow)
    query = (
        select(rows.c.candidate, rows.c.question)
        .select_from(rows_of_run(rows, run))
        .where(rows.c.status.in_([status.value for status in statuses]))
    )
    with engine.connect().execution_options(yield_per=STREAMED) as connection:
        for candidate, question in connection.execute(query):
            yield CandidateKey(candidate, question)


def _last_numbers(engine: Engine, run: str) -> array[int]:
    """The number of the run's last decision about each candidate and question, sorted."""
    import numpy as np

    rows = table_of(DecisionRow)
    query = (
        select(func.max(rows.c.id))
        .select_from(rows_with_run(rows))
        .where(table_of(RunRow).c.name == run)
        .group_by(rows.c.candidate, rows.c.question)
    )
    with engine.connect().execution_options(yield_per=STREAMED) as connection:
        found = array("q", connection.execute(query).scalars())
    np.frombuffer(found, dtype=np.int64).sort()
    return found
