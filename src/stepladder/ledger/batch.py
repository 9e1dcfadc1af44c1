"""What gathers until it is committed together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from stepladder.ledger import schema
from stepladder.ledger.addition import Addition
from stepladder.ledger.cells import Values
from stepladder.ledger.pen import Pen


@dataclass(frozen=True, slots=True)
class Errand:
    """Work with the pen, after what was added before it."""

    work: Callable[[Pen], Any]
    done: asyncio.Future[Any]


@dataclass(slots=True)
class Batch:
    """New rows by table, and who waits until they are on disk."""

    loop: asyncio.AbstractEventLoop
    reservations: list[Values] = field(default_factory=list)
    attempts: list[Values] = field(default_factory=list)
    settlements: list[Values] = field(default_factory=list)
    votes: list[Values] = field(default_factory=list)
    decisions: list[Values] = field(default_factory=list)
    fits: list[Values] = field(default_factory=list)
    intakes: list[Values] = field(default_factory=list)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    promised: list[asyncio.Future[None]] = field(default_factory=list)
    """Like those who wait, but nobody has to look."""
    errands: list[Errand] = field(default_factory=list)


def additions(batches: Sequence[Batch]) -> Iterator[Addition]:
    """The rows of all batches, one addition for each table that has any."""
    by_table = (
        (schema.ReservationRow, [batch.reservations for batch in batches]),
        (schema.AttemptRow, [batch.attempts for batch in batches]),
        (schema.SettlementRow, [batch.settlements for batch in batches]),
        (schema.VoteRow, [batch.votes for batch in batches]),
        (schema.DecisionRow, [batch.decisions for batch in batches]),
        (schema.FitRow, [batch.fits for batch in batches]),
        (schema.IntakeRow, [batch.intakes for batch in batches]),
    )
    for row, lists in by_table:
        if any(lists):
            yield Addition(schema.table_of(row), list(chain.from_iterable(lists)))
