"""A file of candidates that can be read more than once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from stepladder.task.candidates import read_candidates
from stepladder.task.schema import Task
from stepladder.types import Candidate


@dataclass(frozen=True, slots=True)
class CandidatesFile:
    """The candidates of a file, read anew by every `for`, so that none is kept in memory."""

    path: Path
    task: Task
    limit: int | None = None
    """Only the first so many; None for all."""

    def __iter__(self) -> Iterator[Candidate]:
        return islice(read_candidates(self.path, self.task), self.limit)
