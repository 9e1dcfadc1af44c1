"""One thread that writes: it commits whatever has gathered while the last commit ran.

Waiting for more to gather would be slower (batches form by themselves), and one
transaction per caller would sync the disk for each. The hot path is Core `insert`
with lists of plain dictionaries; the ORM is only the schema.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Engine, Insert, Table, insert

from stepladder.errors import LedgerError
from stepladder.ledger.failure import cannot


@dataclass(frozen=True, slots=True)
class Entry:
    """One row to be added to a table."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Job:
    entries: Sequence[Entry]
    done: Future[None] | asyncio.Future[None]


class Writer:
    """Adds entries durably, in the order given; those that gather are committed together.

    After one failed write nothing is written any more, and every later call fails as
    that one did: what is sent then could not be accounted for.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._failure: str | None = None
        self._told = False
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._thread.start()

    async def add(self, *entries: Entry) -> None:
        """Return when the entries, and all before them, are on disk.

        They are written even if the caller is cancelled meanwhile. Raises LedgerError
        when they, or anything before them, cannot be written.
        """
        done = asyncio.get_running_loop().create_future()
        self._queue(_Job(entries, done))
        try:
            await done
        except LedgerError:
            self._told = True
            raise

    def hand_over(self, *entries: Entry) -> Future[None]:
        """Queue the entries; the future is done when they are on disk.

        Nobody has to look at it: the next `add`, or `close`, says so when a write failed.
        """
        done: Future[None] = Future()
        # What was handed over is written: a cancelled future would only say otherwise.
        done.set_running_or_notify_cancel()
        self._queue(_Job(entries, done))
        return done

    def close(self) -> None:
        """Write what is queued and stop; safe to call twice.

        Raises LedgerError for a failed write that nobody was told of yet.
        """
        self._closed = True
        self._jobs.put(None)
        self._thread.join()
        if self._failure is not None and not self._told:
            self._told = True
            raise LedgerError(self._failure)

    def _queue(self, job: _Job) -> None:
        refusal = "the ledger is closed; open it again to write" if self._closed else self._failure
        if refusal is None:
            self._jobs.put(job)
        else:
            job.done.set_exception(LedgerError(refusal))

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
            if self._failure is None:
                self._write(jobs)
        except Exception as problem:
            # Of whatever kind: with the thread gone, everybody would wait forever.
            self._failure = str(cannot("be written", problem))
        _tell_all([job.done for job in jobs], self._failure)

    def _write(self, jobs: Sequence[_Job]) -> None:
        by_table: dict[Table, list[Mapping[str, Any]]] = {}
        for job in jobs:
            for entry in job.entries:
                by_table.setdefault(entry.table, []).append(entry.values)
        if not by_table:
            return
        with self._engine.begin() as connection:
            for table, rows in by_table.items():
                connection.execute(_insert(table), rows)


@cache
def _insert(table: Table) -> Insert:
    """Made once: to find the SQL of a new one takes as long as writing three rows."""
    return insert(table)


def _tell_all(futures: Iterable[Future[None] | asyncio.Future[None]], failure: str | None) -> None:
    """Say how the write ended; each event loop is woken once, not once for everybody in it."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for done in futures:
        if isinstance(done, asyncio.Future):
            by_loop.setdefault(done.get_loop(), []).append(done)
        else:
            _tell([done], failure)
    for loop, waiting in by_loop.items():
        # A closed loop: nobody waits there any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, waiting, failure)


def _tell(futures: Sequence[Future[None] | asyncio.Future[None]], failure: str | None) -> None:
    for done in futures:
        if done.done():
            # Cancelled meanwhile; what it waited for was written all the same.
            continue
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(LedgerError(failure))
