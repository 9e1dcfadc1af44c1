"""After a crash: attempts whose outcome nobody knows settle at their quote."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from stepladder.ledger.schema import AttemptRow, SettlementRow, now, table_of
from stepladder.ledger.starts import NEVER_CAME, rows_of_run


def settle_unknown(connection: Connection, run: str) -> int:
    """Settle the run's open attempts at their quote; how many there were comes back.

    The answer may have been billed while it was lost, so the wall stands only if
    the worst is assumed.
    """
    attempt, settlement = table_of(AttemptRow), table_of(SettlementRow)
    open_ones = (
        select(attempt.c.id, attempt.c.wage, attempt.c.quote_pico)
        .select_from(
            rows_of_run(attempt, run).outerjoin(settlement, settlement.c.attempt == attempt.c.id)
        )
        .where(settlement.c.attempt.is_(None))
    )
    rows = [
        {
            "attempt": found.id,
            "wage": found.wage,
            "outcome": "unknown",
            "cost_pico": found.quote_pico,
            "detail": NEVER_CAME,
            "at": now(),
            **dict.fromkeys(("input", "cached_input", "cache_write", "output", "reasoning"), 0),
            "seconds": 0.0,
        }
        for found in connection.execute(open_ones)
    ]
    if rows:
        connection.execute(insert(settlement), rows)
    return len(rows)
