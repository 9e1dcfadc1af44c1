"""Rows on their way into a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Table

from stepladder.ledger.cells import Values


@dataclass(frozen=True, slots=True)
class Addition:
    """Rows for one table."""

    table: Table
    rows: Sequence[Values]


@cache
def columns(table: Table) -> Sequence[str]:
    """The names of a row's values: all columns but the time, which each commit stamps once."""
    return tuple(column.name for column in table.c if column.name != "at")
