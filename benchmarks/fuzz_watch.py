"""Runs one input under watch: an undocumented exception, a hang or a grown memory is a finding."""

from __future__ import annotations

import contextlib
import hashlib
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from types import FrameType

LONGEST_CPU = 2.0
"""CPU seconds that one input may take."""
MOST_GROWTH = 300 * 1024
"""Kilobytes by which one input may raise the most memory ever used."""


class HangError(BaseException):
    """An input that takes too long; no `except Exception` may swallow it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not happen."""

    what: str
    """The exception's type and message, shortened."""
    where: str
    """The last line of stepladder's in the traceback."""
    digest: str
    """Of the input."""


@dataclass(slots=True)
class Watch:
    """One target under watch, and what was found; of each kind of finding one is kept."""

    run: Callable[[bytes], None]
    keep_in: Path
    """Folder for inputs that were findings."""
    longest: float = LONGEST_CPU
    """CPU seconds that one input may take."""
    inputs: int = 0
    findings: dict[str, Finding] = field(default_factory=dict)

    def __call__(self, data: bytes) -> None:
        """Run the input."""
        self.inputs += 1
        before = getrusage(RUSAGE_SELF).ru_maxrss
        try:
            with _time_limit(self.longest):
                self.run(data)
        except (Exception, HangError) as problem:
            self._note(problem, data)
        grown = getrusage(RUSAGE_SELF).ru_maxrss - before
        if grown > MOST_GROWTH:
            self._note(MemoryError(f"{grown // 1024} MB more"), data)

    def _note(self, problem: BaseException, data: bytes) -> None:
        where = _place(problem)
        kind = f"{type(problem).__name__} {where}"
        if kind in self.findings:
            return
        digest = hashlib.sha256(data).hexdigest()[:16]
        what = f"{type(problem).__name__}: {str(problem)[:160]!r}"
        self.findings[kind] = Finding(what, where, digest)
        with contextlib.suppress(OSError):
            (self.keep_in / digest).write_bytes(data)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    # CPU time, not the clock's: the machine may be busy with something else.
    signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise HangError("more CPU than one input may take")


def _place(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [f for f in frames if "/stepladder/" in f.filename] or frames
    if not ours:
        return "memory"
    return f"{ours[-1].filename.rpartition('/stepladder/')[2]}:{ours[-1].lineno}"
