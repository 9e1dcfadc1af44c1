"""Decisions out to CSV, JSONL or Parquet, as they come and again when they are complete."""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Protocol, Self

from stepladder.tables.encoding import Encode, csv_header, csv_line, json_line, write_parquet
from stepladder.tables.parquet_rows import import_parquet
from stepladder.tables.reading import format_of
from stepladder.tables.records import Record, record_of
from stepladder.tables.replacing import plain_errors, replacing
from stepladder.types import Decision

PARQUET_SECONDS = 5.0
"""Between two writings of a Parquet file, which cannot be read until it is complete."""
PARQUET_PATIENCE = 10
"""Times as long as the last writing took, if that is more: writing never fills the run."""


class DecisionWriter:
    """A file of decisions, one row per candidate and question; the ending is the format.

    Opened by `with`, which begins the file anew, making its folder if need be.
    Every row of CSV and JSONL can be read as soon as `write` returns; a Parquet
    file is rewritten every few seconds and at the end. In CSV, texts that a
    spreadsheet would run as formulas carry an apostrophe; `tables.restored` takes
    it off again. Raises TableError for an unknown ending or a file that cannot be
    written, MissingExtraError when Parquet is wanted and pyarrow is missing.
    """

    def __init__(self, path: Path | str, *, every: float = PARQUET_SECONDS) -> None:
        """`every` is the least time in seconds between two writings of a Parquet file."""
        self._path = Path(path)
        self._output = _output_for(self._path, every)

    def __enter__(self) -> Self:
        with plain_errors(self._path):
            self._output.begin()
        return self

    def write(self, decision: Decision) -> None:
        """Add one decision; raises TableError when it cannot be written."""
        with plain_errors(self._path):
            self._output.append(record_of(decision))

    def rewrite(self, decisions: Iterable[Decision]) -> None:
        """Put these decisions in place of all rows, at once or (with an error) not at all."""
        with plain_errors(self._path):
            self._output.replace(record_of(decision) for decision in decisions)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with plain_errors(self._path):
            self._output.finish()


class _Output(Protocol):
    """A format's way to the disk; all may raise OSError."""

    def begin(self) -> None: ...
    def append(self, record: Record) -> None: ...
    def replace(self, records: Iterable[Record]) -> None: ...
    def finish(self) -> None: ...


class _Lines:
    """CSV and JSONL: every record is a line, on disk at once."""

    def __init__(self, path: Path, header: bytes, encode: Encode) -> None:
        self._path = path
        self._header = header
        self._encode = encode
        self._file: FileIO | None = None

    def begin(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = FileIO(self._path, "w")
        self._put(self._header)

    def append(self, record: Record) -> None:
        self._put(self._encode(record))

    def _put(self, data: bytes) -> None:
        if self._file is None:
            raise ValueError("a DecisionWriter writes only inside its with block")
        # Unbuffered: nothing is left to be written, or to fail, at the end.
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def replace(self, records: Iterable[Record]) -> None:
        try:
            with replacing(self._path) as file:
                file.write(self._header)
                file.writelines(self._encode(record) for record in records)
                # Some systems do not replace a file that is open.
                self.finish()
        finally:
            self._file = self._file or FileIO(self._path, "a")

    def finish(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class _Parquet:
    """Parquet: all records are kept, and the file is written as a whole now and then."""

    def __init__(self, path: Path, every: float) -> None:
        import_parquet()
        self._path = path
        self._every = every
        self._records: list[Record] = []
        self._due = 0.0
        self._changed = True

    def begin(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self.replace([])

    def append(self, record: Record) -> None:
        self._records.append(record)
        self._changed = True
        if monotonic() >= self._due:
            self.finish()

    def replace(self, records: Iterable[Record]) -> None:
        fresh = list(records)
        self._save(fresh)
        self._records = fresh

    def finish(self) -> None:
        if self._changed:
            self._save(self._records)

    def _save(self, records: list[Record]) -> None:
        started = monotonic()
        with replacing(self._path) as file:
            write_parquet(records, file)
        self._changed = False
        took = monotonic() - started
        self._due = started + took + max(self._every, PARQUET_PATIENCE * took)


def _output_for(path: Path, every: float) -> _Output:
    # A link stays a link: what it points to is written.
    target = Path(os.path.realpath(path))
    match format_of(path):
        case ".csv":
            return _Lines(target, csv_header(), csv_line)
        case ".jsonl":
            return _Lines(target, b"", json_line)
        case _:
            return _Parquet(target, every)
