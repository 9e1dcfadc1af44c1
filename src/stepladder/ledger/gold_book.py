"""Gold in a ledger, whether or not a run ever wrote to it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from stepladder.ledger import gold_rows, read, starts
from stepladder.ledger.addition import Addition
from stepladder.ledger.cheap_votes import labels_given
from stepladder.ledger.database import database_of, opened
from stepladder.ledger.entries import RunStart
from stepladder.ledger.failure import cannot
from stepladder.ledger.gold_rows import GoldEntry, gold_values
from stepladder.ledger.pen import Pen
from stepladder.ledger.schema import START_STRIDE, GoldRow, table_of
from stepladder.ledger.telling import problem_of
from stepladder.types import CandidateKey


def open_for_gold(url: str, start: RunStart) -> GoldBook:
    """Open and check the ledger for a session that gives gold; runs on it are not disturbed.

    The session is a start of its own name, with no policy and nothing to spend. Raises
    LedgerBusyError while another session of that name is open, LedgerMismatchError when the
    ledger belongs to another task or schema, LedgerError when it cannot be read or written.
    """
    database = database_of(url)
    engine = opened(database)
    try:
        read.check_task(engine, start.task, start.labels, database.shown)
        pen = Pen(database, engine, start.name)
    except BaseException as problem:
        engine.dispose()
        if isinstance(problem, SQLAlchemyError):
            raise cannot("be read", problem) from None
        raise
    try:
        return GoldBook(engine, pen, start)
    except BaseException as problem:
        pen.close()
        engine.dispose()
        if isinstance(problem, SQLAlchemyError | OverflowError | UnicodeError):
            raise cannot("be written", problem) from None
        raise


class GoldBook:
    """Adds gold to a ledger, and reads it back. Made by `open_for_gold`."""

    def __init__(self, engine: Engine, pen: Pen, start: RunStart) -> None:
        self._engine = engine
        self._pen = pen
        number = pen.do(lambda connection: starts.add_start(connection, start))
        pen.check = lambda connection: starts.check_mine(connection, start.name, number)
        self._numbers = itertools.count(number * START_STRIDE)

    def add(self, entries: Sequence[GoldEntry]) -> None:
        """Make the entries durable, all or none; raises LedgerError when they cannot be."""
        rows = [gold_values(next(self._numbers), entry) for entry in entries]
        additions = [Addition(table_of(GoldRow), rows)] if rows else []
        problem = problem_of(lambda: self._pen.add(additions))
        if problem is not None:
            raise problem

    def entries(self) -> Mapping[CandidateKey, GoldEntry]:
        """Every candidate that was ever drawn, as its last row has it, the earliest first."""
        return gold_rows.gold(self._engine)

    def labels_given(self, annotators: Sequence[str]) -> Mapping[CandidateKey, str]:
        """What the first of these annotators to name a label called each candidate, in any run."""
        try:
            return labels_given(self._engine, annotators)
        except SQLAlchemyError as problem:
            raise cannot("be read", problem) from None

    def close(self) -> None:
        """Let others in; safe to call twice."""
        self._pen.close()
        self._engine.dispose()
