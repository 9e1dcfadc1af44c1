"""The fits that a run has made so far: another gold, or another setting, is another version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Engine, select

from stepladder.ledger.read import Row, all_rows
from stepladder.ledger.schema import FitRow, RunRow, table_of
from stepladder.ledger.starts import rows_with_run


@dataclass(frozen=True, slots=True)
class FitVersion:
    """One fit of a run."""

    number: int
    """1 for the first."""
    key: str
    """Digest of all that it is made of."""
    rows: int
    """Rows of gold that calibrated it."""
    at: datetime


def fit_versions(engine: Engine, run: str) -> tuple[FitVersion, ...]:
    """Every fit of a run, oldest first; the same key again is the same version."""
    fits = table_of(FitRow)
    query = select(fits.c.key, fits.c.rows, fits.c.at).select_from(rows_with_run(fits))
    named = table_of(RunRow).c.name == run
    found: dict[str, Row] = {}
    for row in all_rows(engine, query.where(named).order_by(fits.c.id)):
        found.setdefault(row["key"], row)
    return tuple(
        FitVersion(number, row["key"], len(orjson.loads(row["rows"])), row["at"])
        for number, row in enumerate(found.values(), start=1)
    )
