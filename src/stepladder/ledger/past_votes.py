"""What the same annotators said of the same candidates before, in the task's own wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import orjson
from sqlalchemy import Engine, or_, select
from sqlalchemy.exc import SQLAlchemyError

from stepladder.errors import LedgerError, LedgerMismatchError
from stepladder.ledger import read
from stepladder.ledger.database import connect
from stepladder.ledger.failure import cannot
from stepladder.ledger.mask import masked
from stepladder.ledger.schema import RunRow, VoteRow, table_of
from stepladder.ledger.standing import STREAMED
from stepladder.ledger.starts import rows_with_run
from stepladder.nearest import did_you_mean
from stepladder.task import Task
from stepladder.types import BASE, CandidateKey, Reason, Vote

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PastVotes:
    """Votes of a ledger that others are compared with; nothing is ever added to it."""

    url: str
    annotators: tuple[str, ...]
    """Whose votes."""
    run: str | None = None
    """The run that bought them; None for whichever."""

    def check(self, task: Task) -> None:
        """Raise LedgerError when there is no such ledger or run, or it is of another task."""
        starts = self._look(read.runs)
        for start in starts:
            labels = _labels(start["labels"])
            if start["task"] != task.name or set(labels) != set(task.labels):
                raise LedgerMismatchError(
                    f"{masked(self.url)}: made by task {start['task']!r} with labels "
                    f"{', '.join(labels)}; only answers to task {task.name!r} with the same "
                    "labels can be compared"
                )
        known = [start["name"] for start in starts]
        if self.run is not None and self.run not in known:
            near = did_you_mean(self.run, known)
            raise LedgerError(f"{masked(self.url)}: no run {self.run!r}; {near}")

    def keys(self) -> set[CandidateKey]:
        """The candidates that any of the annotators answered about; an error is no answer."""
        return self._look(lambda engine: _keys(engine, self))

    def of(self, keys: Sequence[CandidateKey]) -> Mapping[CandidateKey, Mapping[str, Vote]]:
        """By candidate, the last answer of each annotator."""
        found = self._look(lambda engine: read.votes(engine, keys, self.run))
        return {
            key: {v.annotator: v for v in votes if self._has(v)} for key, votes in found.items()
        }

    def _has(self, vote: Vote) -> bool:
        own = vote.variant == BASE and vote.sample == 0
        return own and vote.annotator in self.annotators and vote.answered

    def _look(self, look: Callable[[Engine], Result]) -> Result:
        engine = connect(self.url, must_exist=True)
        try:
            return look(engine)
        except SQLAlchemyError as problem:
            raise cannot("be read", problem) from None
        finally:
            engine.dispose()


def _keys(engine: Engine, past: PastVotes) -> set[CandidateKey]:
    rows = table_of(VoteRow)
    query = (
        select(rows.c.candidate, rows.c.question)
        .distinct()
        .where(
            rows.c.annotator.in_(past.annotators),
            rows.c.variant == BASE,
            rows.c.sample == 0,
            or_(rows.c.reason.is_(None), rows.c.reason != Reason.ERROR.value),
        )
    )
    if past.run is not None:
        named = table_of(RunRow).c.name == past.run
        query = query.select_from(rows_with_run(rows)).where(named)
    with engine.connect().execution_options(yield_per=STREAMED) as connection:
        return {CandidateKey(*found) for found in connection.execute(query)}


def _labels(written: str) -> Sequence[str]:
    """Labels in JSON; as they are where something else wrote them."""
    try:
        return [str(label) for label in orjson.loads(written)]
    except (ValueError, TypeError):
        return [written[:80]]
