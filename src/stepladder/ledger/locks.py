"""Exclusive claims on runs; each ends however its process does."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from hashlib import sha256
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from stepladder.errors import LedgerBusyError, LedgerError


class RunLock(Protocol):
    """An exclusive claim on a run; it ends however its process does."""

    def acquire(self, connection: Connection) -> None:
        """Claim the run; raises LedgerBusyError when another process has it."""

    def release(self) -> None:
        """Let others in; safe to call twice."""


class SqliteLock:
    """A locked file; forgotten by the kernel when its process ends."""

    def __init__(self, what: str, path: str) -> None:
        self._what = what
        self._lock = FileLock(path, timeout=0, thread_local=False)

    def acquire(self, connection: Connection) -> None:  # noqa: ARG002 - a file locks
        """Claim the run; raises LedgerBusyError when another process has it."""
        try:
            self._lock.acquire()
        except Timeout:
            raise _busy(self._what) from None
        except OSError as problem:
            raise LedgerError(
                f"{self._lock.lock_file}: cannot be locked: {problem.strerror or problem}; "
                "name a --ledger in a folder that can be written"
            ) from None

    def release(self) -> None:
        """Let others in; safe to call twice."""
        self._lock.release()


class PostgresLock:
    """An advisory lock; the server frees it when the connection ends, however it does."""

    def __init__(self, what: str, key: int) -> None:
        self._what = what
        self._key = key
        self._holder: Connection | None = None

    def acquire(self, connection: Connection) -> None:
        """Claim the run; raises LedgerBusyError when another process has it."""
        claim = text("SELECT pg_try_advisory_lock(:key)")
        with nullcontext() if connection.in_transaction() else connection.begin():
            held = connection.execute(claim, {"key": self._key}).scalar_one()
        if not held:
            raise _busy(self._what)
        self._holder = connection

    def release(self) -> None:
        """Let others in; safe to call twice."""
        holder, self._holder = self._holder, None
        if holder is None or holder.closed:
            return
        # A lost connection holds nothing.
        with suppress(DBAPIError), holder.begin():
            holder.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})


def advisory_key(what: str) -> int:
    """The number by which the server knows a lock: 64 bits, signed."""
    digest = sha256(f"stepladder {what}".encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _busy(what: str) -> LedgerBusyError:
    return LedgerBusyError(
        f"{what} is being worked on by another process; wait for it, "
        "or give this one another --run name"
    )
