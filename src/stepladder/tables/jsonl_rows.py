"""Rows out of a file with a JSON object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from stepladder.errors import TableError
from stepladder.tables.row import Row, as_text

BOM = b"\xef\xbb\xbf"


def jsonl_rows(path: Path) -> Iterator[Row]:
    """The rows of a JSONL file; raises TableError, UnicodeDecodeError, OSError."""
    with path.open("rb") as file:
        for line, text in enumerate(file, start=1):
            text = text.removeprefix(BOM) if line == 1 else text
            if text.strip():
                yield Row(line, json_object(f"{path}:{line}", text))


def json_object(where: str, text: bytes) -> dict[str, str]:
    """The object in a line, its values as text; raises TableError, which names `where`."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        text.decode()  # Not UTF-8 at all is a plainer thing to say.
        at = f"{problem.msg} at column {problem.colno}"
        raise TableError(f"{where}: not valid JSON: {at}; each line is one object") from None
    if not isinstance(value, dict):
        raise TableError(f'{where}: a JSON object is needed, such as {{"text": "…"}}')
    try:
        exact = value | _exact_numbers(value, text)
        return {name: as_text(item) for name, item in exact.items()}
    except (RecursionError, TypeError):
        # Neither json nor orjson's writer goes as deep as orjson's reader.
        raise TableError(f"{where}: nested too deeply") from None


def _exact_numbers(value: dict[str, Any], text: bytes) -> dict[str, str]:
    """Numbers as written: orjson rounds whole ones of more than 64 bits, ids perhaps."""
    rounded = [name for name, item in value.items() if isinstance(item, float)]
    written = json.loads(text, parse_int=str, parse_float=str) if rounded else {}
    return {name: written[name] for name in rounded}
