"""One row of a table as text, and how values of any type become text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its values as text, and where it stands."""

    line: int
    """Line in the file where the row begins (row number plus one in a Parquet file)."""
    values: dict[str, str]
    """By column; a missing value is empty."""


def as_text(value: Any) -> str:
    """A value of any type as text; a missing one is empty."""
    match value:
        case None:
            return ""
        case float() if math.isnan(value):
            return ""
        case str():
            return value
        case bytes():
            return value.decode()
        case bool() | dict() | list():
            return orjson.dumps(value, default=str).decode()
        case _:
            return str(value)
