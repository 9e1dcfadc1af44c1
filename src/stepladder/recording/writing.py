"""A recording out to JSONL or Parquet: all of it, or with an error nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson

from stepladder.errors import TableError
from stepladder.recording.line import record_of, written
from stepladder.recording.recorded_row import RecordedRow
from stepladder.tables.parquet_rows import import_parquet
from stepladder.tables.replacing import plain_errors, replacing

ROWS = 5_000
"""Rows of a Parquet file written at once, which all have to be in memory."""
ENDINGS = (".jsonl", ".parquet")
NESTED = ("labels", "columns", "votes", "humans")
"""What Parquet holds as JSON: the names in it differ from one recording to the next."""


class RecordingWriter:
    """Writes rows to a file; its ending chooses the format."""

    def __init__(self, path: Path, labels: tuple[str, ...]) -> None:
        """`labels` are the task's; raises TableError for an ending that is none of ours."""
        ending = path.suffix.lower()
        if ending not in ENDINGS:
            raise TableError(f"{path}: unknown ending {ending!r}; use {' or '.join(ENDINGS)}")
        self._path = path
        self._labels = labels
        self._write = _parquet if ending == ".parquet" else _lines
        if ending == ".parquet":
            import_parquet()

    def write(self, rows: Iterable[RecordedRow]) -> int:
        """All rows, in place of what was there; how many. Raises TableError if that fails."""
        count = 0

        def counted() -> Iterator[RecordedRow]:
            nonlocal count
            for count, row in enumerate(rows, start=1):  # noqa: B007
                yield row

        with plain_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path) as file:
                self._write(counted(), self._labels, file)
        return count


def _lines(rows: Iterator[RecordedRow], labels: tuple[str, ...], file: IO[bytes]) -> None:
    file.writelines(written(row, labels) for row in rows)


def _parquet(rows: Iterator[RecordedRow], labels: tuple[str, ...], file: IO[bytes]) -> None:
    parquet = import_parquet()
    import pyarrow as arrow

    kinds = {"schema": arrow.int64(), "sampled": arrow.float64(), "local_only": arrow.bool_()}
    names = ("schema", "id", "question", "group", "gold", "sampled", "local_only", *NESTED)
    schema = arrow.schema([(name, kinds.get(name, arrow.string())) for name in names])
    with parquet.ParquetWriter(file, schema) as writer:
        while block := [_flat(row, labels) for row in islice(rows, ROWS)]:
            writer.write_table(arrow.Table.from_pylist(block, schema=schema))


def _flat(row: RecordedRow, labels: tuple[str, ...]) -> dict[str, Any]:
    record = record_of(row, labels)
    return record | {name: orjson.dumps(record[name]).decode() for name in NESTED}
