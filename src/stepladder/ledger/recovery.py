"""After a crash: attempts whose outcome nobody knows settle at their quote."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select

from stepladder.ledger.schema import AttemptRow, SettlementRow, table_of


def settle_unknown(engine: Engine, run: str) -> int:
    """Settle the run's open attempts at their quote; how many there were comes back.

    The answer may have been billed while it was lost, so the wall stands only if
    the worst is assumed.
    """
    attempt, settlement = table_of(AttemptRow), table_of(SettlementRow)
    open_ones = (
        select(attempt.c.id, attempt.c.wage, attempt.c.quote_pico)
        .outerjoin(settlement, settlement.c.attempt == attempt.c.id)
        .where(attempt.c.run == run, settlement.c.attempt.is_(None))
    )
    with engine.begin() as connection:
        rows = [
            {
                "attempt": found.id,
                "run": run,
                "wage": found.wage,
                "outcome": "unknown",
                "cost_pico": found.quote_pico,
                "detail": "the run ended before the answer came",
                "at": datetime.now(UTC),
                **dict.fromkeys(("input", "cached_input", "cache_write", "output", "reasoning"), 0),
                "seconds": 0.0,
            }
            for found in connection.execute(open_ones)
        ]
        if rows:
            connection.execute(insert(settlement), rows)
    return len(rows)
