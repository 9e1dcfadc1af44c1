"""One process at a time on a run; the kernel frees the lock however a process dies."""

from __future__ import annotations

import re
from hashlib import sha256

from filelock import FileLock, Timeout

from stepladder.errors import LedgerBusyError, LedgerError
from stepladder.ledger.database import sqlite_path


class RunLock:
    """An exclusive claim on a run of a ledger."""

    def __init__(self, url: str, run: str) -> None:
        path = sqlite_path(url).resolve()
        readable = re.sub(r"[^A-Za-z0-9_-]+", "-", run)[:40]
        digest = sha256(run.encode(errors="surrogatepass")).hexdigest()[:8]
        self._what = f"run {run!r} of {url}"
        self._lock = FileLock(f"{path}.{readable}-{digest}.lock", timeout=0, thread_local=False)

    def acquire(self) -> None:
        """Claim the run; raises LedgerBusyError when another process has it."""
        try:
            self._lock.acquire()
        except Timeout:
            raise LedgerBusyError(
                f"{self._what} is being worked on by another process; wait for it, "
                "or give this one another --run name"
            ) from None
        except OSError as problem:
            raise LedgerError(
                f"{self._lock.lock_file}: cannot be locked: {problem.strerror or problem}; "
                "name a --ledger in a folder that can be written"
            ) from None

    def release(self) -> None:
        """Let others in; safe to call twice."""
        self._lock.release()
