"""The ledger of one run: who may write, what was spent, and what is written."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from stepladder.errors import LedgerError
from stepladder.ledger import codec, read, recovery, share, starts
from stepladder.ledger.database import database_of, opened
from stepladder.ledger.entries import Intent, RunStart, Settlement
from stepladder.ledger.failure import cannot
from stepladder.ledger.money import Money
from stepladder.ledger.patience import patiently
from stepladder.ledger.pen import Pen
from stepladder.ledger.read import StoredFit
from stepladder.ledger.reaping import reap
from stepladder.ledger.schema import START_STRIDE
from stepladder.ledger.share import Share
from stepladder.ledger.standing import DecidedKey, each_decided
from stepladder.ledger.writer import Writer
from stepladder.types import CandidateKey, Decision, Usd, Vote

Result = TypeVar("Result")


def open_ledger(url: str, start: RunStart) -> Ledger:
    """Open, check and lock the ledger for a run, and settle what a crash left open.

    Raises LedgerBusyError while another process works on the run,
    LedgerMismatchError when the ledger belongs to another task or schema,
    LedgerError when the database cannot be read or written.
    """
    database = database_of(url)
    engine = opened(database)
    try:
        pen = Pen(database, engine, start.name)
    except BaseException:
        engine.dispose()
        raise
    try:
        read.check_task(engine, start.task, start.labels, database.shown)
        return Ledger(engine, pen, start)
    except BaseException as problem:
        pen.close()
        engine.dispose()
        if isinstance(problem, SQLAlchemyError | OverflowError | UnicodeError):
            raise cannot("be written", problem) from None
        raise


class Ledger:
    """Adds to one run's record, and reads it back. Made by `open_ledger`.

    All is called in one thread, that of the event loop. What is added is durable soon,
    in the order in which it was added, whether or not anybody waits for it.
    """

    def __init__(self, engine: Engine, pen: Pen, start: RunStart) -> None:
        self.run = start.name
        self._engine = engine
        self._pen = pen
        pen.do(lambda connection: recovery.settle_unknown(connection, start.name))
        number = pen.do(lambda connection: starts.add_start(connection, start))
        pen.check = lambda connection: starts.check_mine(connection, start.name, number)
        self._numbers = itertools.count(number * START_STRIDE)
        self._share = Share(start.shared, number, Money(start.budget, start.wages))
        # What earlier starts leased and did not spend, now that all of theirs is settled.
        pen.do(self._close_starts)
        self.spent: Money = read.spent(engine, start.name)
        """Money settled by this run before this start."""
        self.has_votes: bool = read.any_votes(engine)
        """Whether votes of an earlier start or run may be reused."""
        self._writer = Writer(pen)
        self._closed = False

    def reserve(self, key: CandidateKey, usd: Usd, wages: Usd) -> int:
        """Note a reservation; it is on disk before any attempt that refers to it."""
        number = next(self._numbers)
        values = codec.reservation_values(number, key, usd, wages)
        self._writer.batch.reservations.append(values)
        return number

    async def intend(self, intent: Intent) -> int:
        """Make the intent durable; the attempt's number comes back, and it may be sent."""
        number = next(self._numbers)
        self._writer.batch.attempts.append(codec.intent_values(number, intent))
        await self._writer.kept()
        return number

    def settle(self, settlement: Settlement, key: CandidateKey, vote: Vote | None = None) -> None:
        """Add a settlement, together with the vote it bought."""
        values = codec.settlement_values(settlement)
        if vote is not None:
            self.add_vote(vote, key)
        # In the same turn of the event loop, and so in the same transaction.
        self._writer.batch.settlements.append(values)

    def add_vote(self, vote: Vote, key: CandidateKey) -> None:
        """Add a vote that no single settlement belongs to."""
        values = codec.vote_values(next(self._numbers), vote, key)
        self._writer.batch.votes.append(values)

    def decide(self, decision: Decision, basis: str) -> asyncio.Future[None]:
        """Add a decision; the future is done when it, and all before it, is on disk.

        Nobody has to look at it: `flush` says too when it could not be written.
        """
        values = codec.decision_values(next(self._numbers), decision, basis)
        self._writer.batch.decisions.append(values)
        return self._writer.promise()

    async def add_fit(self, key: str, body: str, rows: str) -> None:
        """Make a fit durable under its key."""
        self._writer.batch.fits.append((next(self._numbers), key, body, rows))
        await self._writer.kept()

    async def lease(self, least: Money, wish: Money) -> Money:
        """Take a slice of the shared budget: the wish, or what is left if at least the least.

        Nothing when even that is not there, also after giving back what dead processes
        held. On disk, with all that was added before, when it comes back. Raises LedgerError
        when the run has a budget of its own.
        """
        if not self._share.budget:
            raise LedgerError(f"run {self.run!r} shares no budget; it has one of its own")
        number = next(self._numbers)
        granted: Money = await self._writer.do(lambda pen: self._lease(pen, number, least, wish))
        return granted

    def fit(self, key: str) -> StoredFit | None:
        """The first fit of this key, if there is one."""
        return self._look(lambda: read.fit(self._engine, self.run, key))

    def votes(self, keys: Sequence[CandidateKey]) -> Mapping[CandidateKey, Sequence[Vote]]:
        """Every vote about these candidates, by start and oldest first."""
        return self._look(lambda: read.votes(self._engine, keys))

    def decisions(self, keys: Sequence[CandidateKey]) -> Mapping[CandidateKey, read.Decided]:
        """The last decision of this run for each of these candidates."""
        return self._look(lambda: read.decisions(self._engine, self.run, keys))

    def each_decided(self) -> Iterator[DecidedKey]:
        """How the last decision of this run about each candidate ended; few in memory at once."""
        return each_decided(self._engine, self.run)

    async def flush(self) -> None:
        """Return when all that was added is on disk; raises LedgerError when some cannot be."""
        await self._writer.kept()

    def close(self) -> None:
        """Write what was added, return what was leased and not spent, and let others in.

        Safe to call twice. Raises LedgerError for a failed write that nobody was told of:
        `flush` before it does so where it is easier to handle.
        """
        try:
            self._writer.close()
            if self._writer.sound and not self._closed:
                self._give_back()
        finally:
            self._closed = True
            self._pen.close()
            self._engine.dispose()

    def _lease(self, pen: Pen, number: int, least: Money, wish: Money) -> Money:
        def take(connection: Connection) -> Money:
            return self._share.take(connection, pen.database, number, least, wish)

        granted = pen.do(take)
        if granted:
            return granted
        reap(pen, self._share.budget, self.run, self._numbers)
        return pen.do(take)

    def _give_back(self) -> None:
        try:
            self._pen.do(self._close_starts)
        except (SQLAlchemyError, OverflowError) as problem:
            raise cannot("be written", problem) from None

    def _close_starts(self, connection: Connection) -> None:
        found = share.open_starts(connection, self.run)
        share.give_back(connection, self._pen.database, self._numbers, found)

    def _look(self, look: Callable[[], Result]) -> Result:
        try:
            return patiently(self._pen.database, look)
        except SQLAlchemyError as problem:
            raise cannot("be read", problem) from None
