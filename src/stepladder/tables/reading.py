"""Rows of text out of CSV, JSONL and Parquet files, each with its line number."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from stepladder.errors import TableError
from stepladder.tables.csv_rows import csv_rows
from stepladder.tables.jsonl_rows import jsonl_rows
from stepladder.tables.parquet_rows import parquet_rows
from stepladder.tables.row import Row

READERS = {".csv": csv_rows, ".jsonl": jsonl_rows, ".parquet": parquet_rows}


def format_of(path: Path) -> str:
    """The file's format by its ending; raises TableError for another ending."""
    ending = path.suffix.lower()
    if ending not in READERS:
        raise TableError(f"{path}: unknown ending {ending!r}; use {', '.join(READERS)}")
    return ending


def read_rows(path: Path, *, may_be_empty: bool = False) -> Iterator[Row]:
    """The rows of a file, one at a time; raises TableError naming file and line.

    A file without rows is an error too, unless it may be empty.
    """
    reader = READERS[format_of(path)]
    if path.is_dir():
        raise TableError(f"{path}: is a folder; name a file in it")
    row = None
    try:
        for row in reader(path):
            yield row
    except UnicodeDecodeError:
        raise TableError(
            f"{path}{_first_foreign_line(path)}: not UTF-8; save it as UTF-8"
        ) from None
    except FileNotFoundError:
        raise TableError(f"{path}: no such file") from None
    except OSError as problem:
        raise TableError(f"{path}: cannot be read: {problem.strerror or problem}") from None
    if row is None and not may_be_empty:
        raise TableError(f"{path}: empty; it needs at least one row")


def columns_of(path: Path) -> tuple[str, ...]:
    """The names of the columns: all of them for a table, those of the first 100 for JSONL."""
    rows = islice(read_rows(path), 100)
    return tuple(dict.fromkeys(name for row in rows for name in row.values))


def _first_foreign_line(path: Path) -> str:
    """':12' for the first line that is not UTF-8: decoding fails ahead of the rows."""
    with path.open("rb") as file:
        for line, text in enumerate(file, start=1):
            try:
                text.decode()
            except UnicodeDecodeError:
                return f":{line}"
    return ""
