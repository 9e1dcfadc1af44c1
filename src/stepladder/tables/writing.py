"""Decisions out to CSV, JSONL or Parquet, as they come and again when they are complete."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from stepladder.tables.encoding import csv_header, csv_line, json_line
from stepladder.tables.key_hashes import KeyHashes, KnownKeys
from stepladder.tables.line_output import LineOutput
from stepladder.tables.parquet_output import ParquetOutput
from stepladder.tables.reading import format_of
from stepladder.tables.records import Keyed, keyed
from stepladder.tables.replacing import check_place, plain_errors
from stepladder.types import CandidateKey, Decision

PARQUET_SECONDS = 5.0
"""Between two writings of a Parquet file, which cannot be read until it is complete."""


class DecisionWriter:
    """A file of decisions, one row per candidate and question; the ending is the format.

    Opened by `with`, which begins the file anew, making its folder if need be.
    Every row of CSV and JSONL can be read as soon as `write` returns; a Parquet
    file is rewritten every few seconds and at the end. In CSV, texts that a
    spreadsheet would run as formulas carry an apostrophe; `tables.restored` takes
    it off again. Rows are not kept in memory, but for twelve bytes each.

    Raises TableError for an unknown ending or a file that cannot be written,
    MissingExtraError when Parquet is wanted and pyarrow is missing.
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
            self._output.append(keyed(decision))

    def rewrite(self, decisions: Iterable[Decision]) -> None:
        """Put these decisions in place of all rows, at once or (with an error) not at all."""
        with plain_errors(self._path):
            self._output.replace(keyed(decision) for decision in decisions)

    def put_in_order(self, keys: Iterable[CandidateKey]) -> None:
        """Put the rows into the order of these keys, at once or (with an error) not at all.

        Rows about other candidates come last.
        """
        wanted = KeyHashes(keys)
        with plain_errors(self._path):
            self._output.put_in_order(wanted)

    @property
    def written(self) -> KnownKeys:
        """Of all rows until now."""
        return self._output.keys.known()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with plain_errors(self._path):
            try:
                self._output.finish()
            finally:
                self._output.close()


def check_decisions(path: Path) -> None:
    """Raise TableError or MissingExtraError where no decisions could be written there."""
    DecisionWriter(path)
    check_place(path)


class _Output(Protocol):
    """A format's way to the disk; all may raise OSError."""

    @property
    def keys(self) -> KeyHashes: ...
    def begin(self) -> None: ...
    def append(self, keyed: Keyed) -> None: ...
    def replace(self, records: Iterable[Keyed]) -> None: ...
    def put_in_order(self, wanted: KeyHashes) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...


def _output_for(path: Path, every: float) -> _Output:
    # A link stays a link: what it points to is written.
    target = Path(os.path.realpath(path))
    match format_of(path):
        case ".csv":
            return LineOutput(target, csv_header(), csv_line)
        case ".jsonl":
            return LineOutput(target, b"", json_line)
        case _:
            return ParquetOutput(target, every)
