"""The candidates that a ledger knows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select, union

from stepladder.ledger.schema import AttemptRow, DecisionRow, table_of


def known_ids(engine: Engine) -> Sequence[str]:
    """Every candidate id that was decided about, or at least asked about, sorted."""
    tables = (table_of(DecisionRow), table_of(AttemptRow))
    every = union(*(select(table.c.candidate) for table in tables))
    with engine.connect() as connection:
        return sorted(connection.execute(every).scalars())
