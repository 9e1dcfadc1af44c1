"""Rows of text out of CSV, JSONL and Parquet files, each with its line number."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from stepladder.errors import MissingExtraError, TableError

if TYPE_CHECKING:
    from types import ModuleType

FORMATS = (".csv", ".jsonl", ".parquet")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its values as text, and where it stands."""

    line: int
    """Line in the file (row number plus one in a Parquet file)."""
    values: dict[str, str]
    """By column; a missing value is empty."""


def format_of(path: Path) -> str:
    """The file's format by its ending; raises TableError for another ending."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise TableError(f"{path}: unknown ending {ending!r}; use {', '.join(FORMATS)}")
    return ending


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file, one at a time; raises TableError naming file and line."""
    readers = {".csv": _csv_rows, ".jsonl": _jsonl_rows, ".parquet": _parquet_rows}
    reader = readers[format_of(path)]
    if not path.is_file():
        raise TableError(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}")
    count = 0
    try:
        for count, row in enumerate(reader(path), start=1):
            yield row
    except UnicodeDecodeError as problem:
        raise TableError(
            f"{path}: after row {count}: not UTF-8 ({problem.reason}); save it as UTF-8"
        ) from None
    except OSError as problem:
        raise TableError(f"{path}: cannot be read: {problem.strerror}") from None
    if not count:
        raise TableError(f"{path}: empty; it needs at least one row")


def columns_of(path: Path) -> tuple[str, ...]:
    """The names of the columns: all of them for a table, those of the first 100 for JSONL."""
    rows = islice(read_rows(path), 100)
    return tuple(dict.fromkeys(name for row in rows for name in row.values))


def _csv_rows(path: Path) -> Iterator[Row]:
    # A text of 200,000 characters must reach the check that names it.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, None)
            if header is None:
                return
            _check_header(path, header)
            for fields in reader:
                if fields:
                    yield _csv_row(path, reader.line_num, header, fields)
        except csv.Error as problem:
            raise TableError(f"{path}:{reader.line_num}: not valid CSV: {problem}") from None


def _check_header(path: Path, header: list[str]) -> None:
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        raise TableError(f"{path}:1: column {min(twice)!r} appears twice; rename one")
    if not any(name.strip() for name in header):
        raise TableError(f"{path}:1: no column names; the first line must name the columns")


def _csv_row(path: Path, line: int, header: list[str], fields: list[str]) -> Row:
    if len(fields) != len(header):
        raise TableError(
            f"{path}:{line}: {len(fields)} fields where the header names {len(header)}; "
            'put a text that holds commas between "quotes"'
        )
    return Row(line, dict(zip(header, fields, strict=True)))


def _jsonl_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for line, text in enumerate(file, start=1):
            if text.strip():
                yield Row(line, _json_object(path, line, text.lstrip(b"\xef\xbb\xbf")))


def _json_object(path: Path, line: int, text: bytes) -> dict[str, str]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise TableError(f"{path}:{line}: not valid JSON: {problem}") from None
    if not isinstance(value, dict):
        raise TableError(f'{path}:{line}: a JSON object is needed, such as {{"text": "…"}}')
    return {name: _as_text(item) for name, item in value.items()}


def _as_text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        return orjson.dumps(value).decode()
    return str(value)


def _parquet_rows(path: Path) -> Iterator[Row]:
    parquet = import_parquet()
    try:
        file = parquet.ParquetFile(path)
    except Exception as problem:
        raise TableError(f"{path}: not a Parquet file: {problem}") from None
    line = 1
    for batch in file.iter_batches(batch_size=1024):
        for values in batch.to_pylist():
            line += 1
            yield Row(line, {name: _as_text(item) for name, item in values.items()})


def import_parquet() -> ModuleType:
    """pyarrow.parquet; raises MissingExtraError when it is not installed."""
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise MissingExtraError(
            "Parquet files need pyarrow: pip install 'stepladder[parquet]'"
        ) from None
    module: ModuleType = parquet
    return module
