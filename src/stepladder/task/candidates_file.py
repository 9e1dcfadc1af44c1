"""A file of candidates that can be read more than once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from itertools import compress, islice
from pathlib import Path
from typing import TypeVar

from stepladder.digest import digest
from stepladder.errors import TableError
from stepladder.tables import Row, read_rows
from stepladder.tables.skimming import Block, skim
from stepladder.task.candidate_row import NOTHING_ELSE, RowReader
from stepladder.task.candidates import read_candidates
from stepladder.task.schema import Task
from stepladder.task.trusted import Trusted
from stepladder.types import Candidate, CandidateKey

Item = TypeVar("Item")

Keep = Callable[[Sequence[CandidateKey]], Iterable[bool]]
"""Tells for each of several keys whether it is wanted."""


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What tells a changed file from the same one."""

    size: int
    """Bytes."""
    changed: int
    """Nanoseconds."""


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    """From 1."""
    row: Row


@dataclass(slots=True)
class CandidatesFile:
    """The candidates of a file, read anew by every `for`, so that none is kept in memory.

    Raises TableError when the file is not the one that was read first. Every `for` checks each
    row, `chosen`, `at` and `keys` only those that they make something of.
    """

    path: Path
    task: Task
    limit: int | None = None
    """Only the first so many; None for all."""
    gold: Mapping[CandidateKey, Trusted] = field(default_factory=lambda: NOTHING_ELSE)
    """Trusted labels beside the file's own; one that differs from the file's is a TableError."""
    _first: _Stamp | None = field(default=None, init=False, repr=False, compare=False)

    def __iter__(self) -> Iterator[Candidate]:
        return self._unchanged(read_candidates(self.path, self.task, self.limit, self.gold))

    def shown(self, candidate: Candidate) -> Candidate:
        """The candidate without the columns that hold its id, gold, group and the like."""
        named = {column for _, column in self.task.columns if column is not None}
        columns = {name: text for name, text in candidate.columns.items() if name not in named}
        return replace(candidate, columns=columns)

    def keys(self) -> Iterator[CandidateKey]:
        """The key of every row, once they were all checked."""
        reader = RowReader(self.path, self.task)
        return (key for block in self._blocks(reader) for key in reader.keys(block))

    def chosen(self, keep: Keep) -> Iterator[Candidate]:
        """The candidates whose keys are wanted, once all were checked.

        Others cost a sixth of the time.
        """
        reader = RowReader(self.path, self.task, self.gold)
        for block in self._blocks(reader):
            for place in compress(range(block.count), keep(reader.keys(block))):
                number = block.first + place
                # A row that was checked needs no line number to be found by.
                yield reader.candidate(Row(number + 1, block.values(place)), number)

    def _blocks(self, reader: RowReader) -> Iterator[Block]:
        return self._unchanged(skim(self.path, reader.key_columns, self.limit))

    def at(self, places: Sequence[int]) -> list[Candidate]:
        """The candidates at these places, counted from 0, in the order asked for."""
        reader = RowReader(self.path, self.task, self.gold)
        wanted = frozenset(places)
        last = max(places, default=-1)
        found = {
            item.number - 1: reader.candidate(item.row, item.number)
            for item in islice(self._rows(), last + 1)
            if item.number - 1 in wanted
        }
        return [found[place] for place in places]

    def digest(self) -> str:
        """Hexadecimal digest of the whole file, and of gold beside its own.

        Raises TableError when it cannot be read.
        """
        # Whatever keeps it from being read at all is said as it always is.
        next(self._rows(), None)
        try:
            with self.path.open("rb") as file:
                content = file_digest(file, "sha256").hexdigest()
        except OSError as problem:
            what = problem.strerror or problem
            raise TableError(f"{self.path}: cannot be read: {what}") from None
        gold = sorted((key, one.label, one.sampled) for key, one in self.gold.items())
        return digest(content, gold) if gold else content

    def _rows(self) -> Iterator[_Numbered]:
        rows = enumerate(islice(read_rows(self.path), self.limit), start=1)
        return self._unchanged(_Numbered(number, row) for number, row in rows)

    def _unchanged(self, items: Iterator[Item]) -> Iterator[Item]:
        self._check_unchanged()
        try:
            yield from items
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
