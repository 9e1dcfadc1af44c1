"""One thread that writes: it commits whatever has gathered while the last commit ran.

Waiting for more to gather would be slower (batches form by themselves), and one
transaction per caller would sync the disk for each. The hot path is Core `insert`
with lists of plain dictionaries; the ORM is only the schema.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Engine, Table, insert
from sqlalchemy.exc import DBAPIError

from stepladder.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Entry:
    """One row to be added to a table."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Job:
    entries: Sequence[Entry]
    done: Future[None]


class Writer:
    """Adds entries durably; entries handed over together are committed together."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._failure: LedgerError | None = None
        self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._thread.start()

    async def add(self, *entries: Entry) -> None:
        """Return when the entries are on disk; raises LedgerError when they cannot be."""
        await asyncio.shield(asyncio.wrap_future(self.hand_over(*entries)))

    def hand_over(self, *entries: Entry) -> Future[None]:
        """Queue the entries; the future is done when they are on disk."""
        done: Future[None] = Future()
        if self._failure is not None:
            done.set_exception(self._failure)
        else:
            self._jobs.put(_Job(entries, done))
        return done

    def close(self) -> None:
        """Write what is queued and stop; safe to call twice."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        running = True
        while running:
            jobs = [self._jobs.get()]
            while not self._jobs.empty():
                jobs.append(self._jobs.get())
            running = None not in jobs
            self._commit([job for job in jobs if job is not None])

    def _commit(self, jobs: Sequence[_Job]) -> None:
        try:
            if self._failure is None and jobs:
                self._write(jobs)
        except DBAPIError as problem:
            # After a failed write nothing may be sent any more: it could not be accounted for.
            self._failure = LedgerError(
                f"the ledger cannot be written: {problem.orig}; free space or mend the file, "
                "then give the same command again"
            )
        for job in jobs:
            if self._failure is None:
                job.done.set_result(None)
            else:
                job.done.set_exception(self._failure)

    def _write(self, jobs: Sequence[_Job]) -> None:
        by_table: dict[Table, list[Mapping[str, Any]]] = {}
        for job in jobs:
            for entry in job.entries:
                by_table.setdefault(entry.table, []).append(entry.values)
        with self._engine.begin() as connection:
            for table, rows in by_table.items():
                connection.execute(insert(table), rows)
