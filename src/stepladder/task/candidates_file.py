"""A file of candidates that can be read more than once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from stepladder.errors import TableError
from stepladder.task.candidates import read_candidates
from stepladder.task.schema import Task
from stepladder.types import Candidate


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What tells a changed file from the same one."""

    size: int
    """Bytes."""
    changed: int
    """Nanoseconds."""


@dataclass(slots=True)
class CandidatesFile:
    """The candidates of a file, read anew by every `for`, so that none is kept in memory.

    Raises TableError when the file is not the one that was read first.
    """

    path: Path
    task: Task
    limit: int | None = None
    """Only the first so many; None for all."""
    _first: _Stamp | None = field(default=None, init=False, repr=False, compare=False)

    def __iter__(self) -> Iterator[Candidate]:
        self._check_unchanged()
        try:
            yield from islice(read_candidates(self.path, self.task), self.limit)
        except TableError:
            # What is wrong with a row of another file is beside the point.
            self._check_unchanged()
            raise
        self._check_unchanged()

    def _check_unchanged(self) -> None:
        now = self._stamp()
        if self._first is None:
            self._first = now
        elif now != self._first:
            raise TableError(
                f"{self.path}: was changed while it was being worked on; "
                "give the same command again"
            )

    def _stamp(self) -> _Stamp | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return _Stamp(found.st_size, found.st_mtime_ns)
