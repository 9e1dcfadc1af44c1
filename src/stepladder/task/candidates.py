"""Candidates out of a table, each row checked before anything is paid."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from itertools import islice
from pathlib import Path

from stepladder.errors import TableError
from stepladder.tables import read_rows
from stepladder.tables.key_hashes import KeyHashes
from stepladder.task.candidate_row import NOTHING_ELSE, RowReader
from stepladder.task.schema import Task
from stepladder.task.trusted import Trusted
from stepladder.types import Candidate, CandidateKey


def read_candidates(
    path: Path,
    task: Task,
    limit: int | None = None,
    trusted: Mapping[CandidateKey, Trusted] = NOTHING_ELSE,
) -> Iterator[Candidate]:
    """The candidates of a file; raises TableError naming file, line and column.

    Checked: the columns that the task names, texts that are empty or missing, gold
    outside the labels or other than what is `trusted` already, and at the end ids that
    came twice for one question.
    """
    reader = RowReader(path, task, trusted)
    keys = KeyHashes()
    for number, row in enumerate(islice(read_rows(path), limit), start=1):
        candidate = reader.candidate(row, number)
        keys.add(candidate.key)
        yield candidate
    suspects = keys.repeated()
    if suspects:
        _refuse_repeated(reader, limit, suspects)


def _refuse_repeated(reader: RowReader, limit: int | None, suspects: Container[int]) -> None:
    """Raise TableError for the first key that comes twice; two keys may share a hash, though."""
    lines: dict[CandidateKey, int] = {}
    for number, row in enumerate(islice(read_rows(reader.path), limit), start=1):
        key = reader.key(row, number)
        if hash(key) not in suspects:
            continue
        before = lines.setdefault(key, row.line)
        if before != row.line:
            raise TableError(
                f"{reader.path}:{row.line}: id {key.id!r} stands in line {before} already; "
                f"ids must be unique{' for each question' if reader.asks_several else ''}"
            )
