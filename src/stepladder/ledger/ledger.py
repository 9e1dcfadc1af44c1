"""The ledger of one run: who may write, what was spent, and what is written."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.exc import SQLAlchemyError

from stepladder.ledger import read, recovery, schema
from stepladder.ledger.codec import decision_values, storable, vote_values
from stepladder.ledger.database import connect
from stepladder.ledger.failure import cannot
from stepladder.ledger.lock import RunLock
from stepladder.ledger.read import Spent, StoredFit
from stepladder.ledger.writer import Entry, Writer
from stepladder.types import CandidateKey, Decision, Usage, Usd, Vote

START_STRIDE = 2**32
"""Attempts and reservations that one start of a run can number."""


@dataclass(frozen=True, slots=True)
class RunStart:
    """What a run is: the same name and task again is a resume."""

    name: str
    task: str
    labels: str
    """JSON list."""
    task_digest: str
    policy_digest: str
    policy: str
    """JSON."""
    seed: int
    budget: Usd
    wages: Usd
    version: str


@dataclass(frozen=True, slots=True)
class Intent:
    """One attempt about to be made."""

    reservation: int
    key: CandidateKey
    annotator: str
    vote_key: str
    wage: bool
    quote: Usd
    price: str
    """The price entry and its date."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of an attempt, and what it cost."""

    attempt: int
    wage: bool
    outcome: str
    cost: Usd
    usage: Usage
    seconds: float
    detail: str = ""


def open_ledger(url: str, start: RunStart) -> Ledger:
    """Open, check and lock the ledger for a run, and settle what a crash left open.

    Raises LedgerBusyError while another process works on the run,
    LedgerMismatchError when the ledger belongs to another task or schema,
    LedgerError when the file cannot be read or written.
    """
    engine = connect(url)
    lock = RunLock(url, start.name)
    try:
        lock.acquire()
        read.check_task(engine, start.task, start.labels, url)
        recovery.settle_unknown(engine, start.name)
        return Ledger(engine, lock, start)
    except BaseException as problem:
        lock.release()
        engine.dispose()
        if isinstance(problem, SQLAlchemyError | OverflowError | UnicodeError):
            raise cannot("be written", problem) from None
        raise


class Ledger:
    """Adds to one run's record, and reads it back. Made by `open_ledger`."""

    def __init__(self, engine: Engine, lock: RunLock, start: RunStart) -> None:
        self.run = start.name
        self.spent: Spent = read.spent(engine, start.name)
        """Money settled by this run before this start."""
        self._engine = engine
        self._lock = lock
        self._numbers = itertools.count(_add_start(engine, start) * START_STRIDE)
        self._writer = Writer(engine)
        self.has_votes: bool = read.any_votes(engine)
        """Whether votes of an earlier start or run may be reused."""

    def reserve(self, key: CandidateKey, usd: Usd, wages: Usd) -> int:
        """Note a reservation; it is on disk before any attempt that refers to it."""
        number = next(self._numbers)
        values = {"id": number, "candidate": key.id, "question": key.question}
        money = {"usd_pico": usd.pico, "wages_pico": wages.pico}
        self._writer.hand_over(self._entry(schema.ReservationRow, values | money))
        return number

    async def intend(self, intent: Intent) -> int:
        """Make the intent durable; the attempt's number comes back, and it may be sent."""
        number = next(self._numbers)
        values = {
            "id": number,
            "reservation": intent.reservation,
            "candidate": intent.key.id,
            "question": intent.key.question,
            "annotator": intent.annotator,
            "vote_key": intent.vote_key,
            "wage": intent.wage,
            "quote_pico": intent.quote.pico,
            "price": intent.price,
        }
        await self._writer.add(self._entry(schema.AttemptRow, values))
        return number

    async def settle(
        self, settlement: Settlement, key: CandidateKey, vote: Vote | None = None
    ) -> None:
        """Make a settlement durable, together with the vote it bought."""
        entries = [self._entry(schema.SettlementRow, _settlement_values(settlement))]
        if vote is not None:
            entries.append(self._vote_entry(vote, key))
        await self._writer.add(*entries)

    async def add_vote(self, vote: Vote, key: CandidateKey) -> None:
        """Make a vote durable that no single settlement belongs to."""
        await self._writer.add(self._vote_entry(vote, key))

    def decide(self, decision: Decision, basis: str) -> Future[None]:
        """Add a decision; its votes are on disk already, so nobody needs to wait for it.

        `flush` says when it could not be written.
        """
        values = decision_values(decision, self.run, basis)
        return self._writer.hand_over(self._entry(schema.DecisionRow, values))

    async def add_fit(self, key: str, body: str, rows: str) -> None:
        """Make a fit durable under its key."""
        await self._writer.add(self._entry(schema.FitRow, {"key": key, "body": body, "rows": rows}))

    def fit(self, key: str) -> StoredFit | None:
        """The first fit of this key, if there is one."""
        return read.fit(self._engine, self.run, key)

    def votes(self, keys: Sequence[CandidateKey]) -> Mapping[CandidateKey, Sequence[Vote]]:
        """Every vote about these candidates, oldest first."""
        return read.votes(self._engine, keys)

    def decisions(self, keys: Sequence[CandidateKey]) -> Mapping[CandidateKey, read.Decided]:
        """The last decision of this run for each of these candidates."""
        return read.decisions(self._engine, self.run, keys)

    async def flush(self) -> None:
        """Return when all that was added is on disk; raises LedgerError when some cannot be."""
        await self._writer.add()

    def close(self) -> None:
        """Write what is queued, and let others in; safe to call twice.

        Raises LedgerError for a failed write that nobody was told of: `flush` before it
        does so where it is easier to handle.
        """
        try:
            self._writer.close()
        finally:
            self._engine.dispose()
            self._lock.release()

    def _vote_entry(self, vote: Vote, key: CandidateKey) -> Entry:
        return self._entry(schema.VoteRow, vote_values(vote, self.run, key))

    def _entry(self, row: type[Any], values: Mapping[str, Any]) -> Entry:
        return Entry(schema.table_of(row), {"run": self.run, "at": datetime.now(UTC), **values})


def _settlement_values(settlement: Settlement) -> Mapping[str, Any]:
    used = settlement.usage
    return {
        "attempt": settlement.attempt,
        "wage": settlement.wage,
        "outcome": settlement.outcome,
        "cost_pico": settlement.cost.pico,
        "seconds": settlement.seconds,
        "detail": storable(settlement.detail),
        "input": used.input,
        "cached_input": used.cached_input,
        "cache_write": used.cache_write,
        "output": used.output,
        "reasoning": used.reasoning,
    }


def _add_start(engine: Engine, start: RunStart) -> int:
    values = asdict(start) | {"at": datetime.now(UTC)}
    values["budget_pico"] = values.pop("budget")["pico"]
    values["wages_pico"] = values.pop("wages")["pico"]
    with engine.begin() as connection:
        added = connection.execute(insert(schema.table_of(schema.RunRow)), values)
    key = added.inserted_primary_key
    assert key is not None  # noqa: S101 - a single insert has one
    return int(key[0])
