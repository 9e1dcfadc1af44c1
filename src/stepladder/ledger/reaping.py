"""Leases of starts that died: given back by whoever needs them first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from stepladder.errors import LedgerBusyError
from stepladder.ledger.pen import Pen
from stepladder.ledger.recovery import settle_unknown
from stepladder.ledger.share import give_back, open_runs, open_starts


def reap(pen: Pen, budget: str, run: str, numbers: Iterator[int]) -> None:
    """Give back what dead starts of other runs hold of the budget.

    A start is dead when its run's lock is free; what it asked then settles at its quote.
    """

    def others(connection: Connection) -> Sequence[str]:
        found = (one for one in open_runs(connection, budget) if one.name != run)
        back = pen.database.back
        # One whose connection was cut, and may not be back yet, is not dead.
        return [one.name for one in found if back(connection, one.began)]

    for name in pen.do(others):
        _reap_run(pen, name, numbers)


def _reap_run(pen: Pen, run: str, numbers: Iterator[int]) -> None:
    lock = pen.database.lock(run)

    def give_back_for_it(connection: Connection) -> None:
        # Inside, so that a lost connection does not leave this to be done without the lock.
        lock.acquire(connection)
        settle_unknown(connection, run)
        give_back(connection, pen.database, numbers, open_starts(connection, run))

    try:
        pen.do(give_back_for_it)
    except LedgerBusyError:
        return
    finally:
        lock.release()
