"""Rows out of a CSV file."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from stepladder.errors import TableError
from stepladder.tables.row import Row


def csv_rows(path: Path) -> Iterator[Row]:
    """The rows of a CSV file, quoted strictly; raises TableError, UnicodeDecodeError, OSError."""
    # A text of 200,000 characters must reach the check that names it.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        line = 1
        try:
            header = next(reader, None)
            if header is None:
                return
            check_names(f"{path}:1", header)
            line = reader.line_num + 1
            for fields in reader:
                if fields:
                    yield _csv_row(path, line, header, fields)
                line = reader.line_num + 1
        except csv.Error as problem:
            raise TableError(
                f"{path}:{line}: not valid CSV: {problem}; "
                'write a quote inside "quotes" twice and close them'
            ) from None


def check_names(where: str, names: list[str]) -> None:
    """Raises TableError unless the columns can be told apart by their names."""
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise TableError(f"{where}: column {min(twice)!r} appears twice; rename one")
    if not any(name.strip() for name in names):
        raise TableError(f"{where}: no column names; the first line must name the columns")


def _csv_row(path: Path, line: int, header: list[str], fields: list[str]) -> Row:
    if len(fields) != len(header):
        raise TableError(
            f"{path}:{line}: {len(fields)} fields where the header names {len(header)}; "
            'put a text that holds commas between "quotes"'
        )
    return Row(line, dict(zip(header, fields, strict=True)))
