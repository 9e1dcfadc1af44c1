"""The ledger's tables. Rows are only ever added: a later row of the same key supersedes.

Money is an integer of pico-USD, since SQLite would store a Decimal as a float. A row's
number is `start * 2**32 + counter`: it says which start of which run wrote it, so that a
run's rows are ranges of numbers, and a batch can be sent twice without doubling.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table

from stepladder.ledger.answer_tables import DecisionRow, FitRow, GoldRow, IntakeRow, VoteRow
from stepladder.ledger.columns import now
from stepladder.ledger.money_tables import (
    AttemptRow,
    LeaseRow,
    ReservationRow,
    RunRow,
    SettlementRow,
)

__all__ = [
    "SCHEMA_VERSION",
    "START_STRIDE",
    "TABLES",
    "AttemptRow",
    "DecisionRow",
    "FitRow",
    "GoldRow",
    "IntakeRow",
    "LeaseRow",
    "ReservationRow",
    "RunRow",
    "SettlementRow",
    "VoteRow",
    "now",
    "table_of",
]

SCHEMA_VERSION = 5
"""Raised by every migration in `migrations.py`."""
START_STRIDE = 2**32
"""Rows that one start of a run can number."""
TABLES = (
    RunRow,
    ReservationRow,
    AttemptRow,
    SettlementRow,
    VoteRow,
    FitRow,
    IntakeRow,
    GoldRow,
    DecisionRow,
    LeaseRow,
)
"""Every table of the ledger."""


def table_of(row: type[Any]) -> Table:
    """The Core table behind one of the row classes above."""
    table: Table = row.__table__
    return table
