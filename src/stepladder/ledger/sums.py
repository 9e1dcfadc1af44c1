"""Sums that may not fit a ledger's whole numbers, though every number does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, func

from stepladder.ledger.money import Money
from stepladder.types import Usd

HALF = 2**32
"""Where a number is divided: SQLite raises an error for a sum beyond 63 bits."""


def parts(column: Column[Any]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Two columns of a query from which `whole_sum` makes the column's exact sum."""
    high, low = func.sum(column // HALF), func.sum(column % HALF)
    return high.label(f"{column.name}_high"), low.label(f"{column.name}_low")


def whole_sum(high: Any, low: Any) -> int:
    """The sum from its parts; 0 where there was nothing to sum."""
    return int(high or 0) * HALF + int(low or 0)


def money_of(found: Iterable[Sequence[Any]]) -> Money:
    """What rows of a wage flag and a sum's two parts, one for each kind of money, come to."""
    pico = {bool(wage): whole_sum(high, low) for wage, high, low in found}
    return Money(Usd(pico.get(False, 0)), Usd(pico.get(True, 0)))
