"""A start's share of a budget that several runs draw on, in slices.

What is drawn from a budget is the sum of its leases: of a start at work all that it took,
of one that ended what it spent, since it gave back the rest (`closing`). Each slice is
granted in a transaction that no other lease of the budget runs beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select

from stepladder.ledger.database import Database
from stepladder.ledger.fitting import MOST
from stepladder.ledger.money import Money
from stepladder.ledger.schema import (
    AttemptRow,
    LeaseRow,
    RunRow,
    SettlementRow,
    now,
    table_of,
)
from stepladder.ledger.starts import of_start
from stepladder.ledger.sums import money_of, parts, whole_sum
from stepladder.types import Usd


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that holds leases."""

    name: str
    began: datetime
    """When its last start that holds some began, UTC."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one start may take from a shared budget."""

    budget: str
    """The budget's name."""
    start: int
    limit: Money
    """How far this start lets the budget be drawn, by whomever."""

    def take(
        self, connection: Connection, database: Database, number: int, least: Money, wish: Money
    ) -> Money:
        """Lease what is wished, or what is left if that is at least the least, or nothing.

        Durable under its number when the transaction is; asked for again, it is not doubled.
        """
        database.alone(connection, self.budget)
        lease = table_of(LeaseRow)
        taken = _sum(connection, _leases().where(lease.c.id == number))
        if taken:
            return taken
        granted = _granted(self.limit - drawn(connection, self.budget), least, wish)
        if granted:
            _add(connection, number, self.budget, self.start, granted)
        return granted


def drawn(connection: Connection, budget: str) -> Money:
    """What is drawn from a budget by all starts: spent, or leased and not given back."""
    return _sum(connection, _leases().where(table_of(LeaseRow).c.budget == budget))


def open_starts(connection: Connection, run: str) -> Sequence[int]:
    """The run's starts that hold leases and have not given back the rest, oldest first."""
    runs = table_of(RunRow)
    return connection.execute(_open().where(runs.c.name == run).order_by(runs.c.id)).scalars().all()


def open_runs(connection: Connection, budget: str) -> Sequence[OpenRun]:
    """The runs with starts that hold leases of the budget."""
    run = table_of(RunRow)
    found = _open().where(table_of(LeaseRow).c.budget == budget).subquery()
    last = select(run.c.name, func.max(run.c.at).label("at")).where(run.c.id.in_(select(found)))
    return [OpenRun(row.name, row.at) for row in connection.execute(last.group_by(run.c.name))]


def give_back(
    connection: Connection, database: Database, numbers: Iterator[int], starts: Sequence[int]
) -> None:
    """Return what the starts leased and did not spend; an overrun makes a negative return.

    What they asked and nobody knows the outcome of counts as spent, at its quote.
    """
    for start in starts:
        lease = table_of(LeaseRow)
        of_start = lease.c.start == start
        for budget in connection.execute(select(lease.c.budget).where(of_start).distinct()):
            database.alone(connection, budget.budget)
            leased = _sum(connection, _leases().where(of_start))
            rest = committed(connection, start) - leased
            _add(connection, next(numbers), budget.budget, start, rest, closing=True)


def committed(connection: Connection, start: int) -> Money:
    """What a start spent, and at most will have spent on what it asked without an outcome."""
    attempt, settlement = table_of(AttemptRow), table_of(SettlementRow)
    settled = select(settlement.c.wage, *parts(settlement.c.cost_pico)).where(
        of_start(settlement, start)
    )
    asked = (
        select(attempt.c.wage, *parts(attempt.c.quote_pico))
        .outerjoin(settlement, settlement.c.attempt == attempt.c.id)
        .where(of_start(attempt, start), settlement.c.attempt.is_(None))
    )
    spent = connection.execute(settled.group_by(settlement.c.wage))
    pending = connection.execute(asked.group_by(attempt.c.wage))
    return money_of(spent.all()) + money_of(pending.all())


def _granted(left: Money, least: Money, wish: Money) -> Money:
    usd = min(wish.usd, max(left.usd, Usd(0)))
    wages = min(wish.wages, max(left.wages, Usd(0)))
    return Money(usd, wages) if usd >= least.usd and wages >= least.wages else Money()


def _add(
    connection: Connection,
    number: int,
    budget: str,
    start: int,
    money: Money,
    *,
    closing: bool = False,
) -> None:
    values = {
        "id": number,
        "budget": budget,
        "start": start,
        "usd_pico": min(money.usd.pico, MOST),
        "wages_pico": min(money.wages.pico, MOST),
        "closing": closing,
        "at": now(),
    }
    connection.execute(insert(table_of(LeaseRow)), values)


def _leases() -> Select[Any]:
    lease = table_of(LeaseRow)
    return select(*parts(lease.c.usd_pico), *parts(lease.c.wages_pico))


def _open() -> Select[Any]:
    lease, run = table_of(LeaseRow), table_of(RunRow)
    closed: Table = lease.alias("closed")  # type: ignore[assignment]
    ended = select(closed.c.id).where(closed.c.start == lease.c.start, closed.c.closing)
    joined = lease.join(run, run.c.id == lease.c.start)
    return select(run.c.id).select_from(joined).where(~ended.exists()).distinct()


def _sum(connection: Connection, query: Select[Any]) -> Money:
    usd, usd_low, wages, wages_low = connection.execute(query).one()
    return Money(Usd(whole_sum(usd, usd_low)), Usd(whole_sum(wages, wages_low)))
