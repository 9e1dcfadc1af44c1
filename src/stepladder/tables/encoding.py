"""Records as the lines of a CSV or JSONL file, or as a Parquet file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from operator import attrgetter
from typing import IO

import orjson

from stepladder.tables.formulas import defused
from stepladder.tables.parquet_rows import import_parquet
from stepladder.tables.records import COLUMNS, Record

ROWS = 20_000
"""Rows of a Parquet file written at once, which all have to be in memory."""

Encode = Callable[[Record], bytes]
_values = attrgetter(*COLUMNS)


def csv_header() -> bytes:
    """The first line of a CSV file."""
    return f"{','.join(COLUMNS)}\n".encode()


def csv_line(record: Record) -> bytes:
    """The record as a line of CSV; texts that a spreadsheet would run are defused."""
    return f"{','.join(_field(value) for value in _values(record))}\n".encode()


def _field(value: str | float | None) -> str:
    # Not the csv module: before Python 3.13 it leaves a lone \r unquoted if lines end in \n.
    if value is None:
        return ""
    text = defused(value) if isinstance(value, str) else str(value)
    quoted = any(sign in text for sign in ',"\r\n')
    return '"{}"'.format(text.replace('"', '""')) if quoted else text


def json_line(record: Record) -> bytes:
    """The record as a line of JSONL; what is missing is null."""
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def write_parquet(lines: Iterable[bytes], file: IO[bytes]) -> None:
    """Records, given as lines of JSONL, as a Parquet file; what is missing is null."""
    parquet = import_parquet()
    import pyarrow as arrow

    kinds = {"probability": arrow.float64(), "tokens": arrow.int64()}
    schema = arrow.schema([(name, kinds.get(name, arrow.string())) for name in COLUMNS])
    rest = iter(lines)
    with parquet.ParquetWriter(file, schema) as writer:
        while rows := [orjson.loads(line) for line in islice(rest, ROWS)]:
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
