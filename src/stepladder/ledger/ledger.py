"""The ledger of one run: who may write, what was spent, and what is written."""

from __future__ import annotations

import asyncio
import itertools

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from stepladder.errors import LedgerError
from stepladder.ledger import read, recovery, starts
from stepladder.ledger.database import database_of, opened
from stepladder.ledger.decision_rows import decision_values
from stepladder.ledger.entries import Intent, RunStart, Settlement
from stepladder.ledger.failure import cannot
from stepladder.ledger.leasing import Leasing
from stepladder.ledger.money import Money
from stepladder.ledger.money_rows import intent_values, reservation_values, settlement_values
from stepladder.ledger.pen import Pen
from stepladder.ledger.reader import Reader
from stepladder.ledger.schema import START_STRIDE
from stepladder.ledger.share import Share
from stepladder.ledger.vote_rows import vote_values
from stepladder.ledger.writer import Writer
from stepladder.types import CandidateKey, Decision, Usd, Vote


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


class Ledger(Reader):
    """Adds to one run's record, and reads it back. Made by `open_ledger`.

    All is called in one thread, that of the event loop; what is awaited does not hold it
    up. What is added is durable soon, in the order in which it was added, whether or not
    anybody waits for it.
    """

    def __init__(self, engine: Engine, pen: Pen, start: RunStart) -> None:
        super().__init__(pen.database, engine, start.name)
        self._pen = pen
        pen.do(lambda connection: recovery.settle_unknown(connection, start.name))
        number = pen.do(lambda connection: starts.add_start(connection, start))
        pen.check = lambda connection: starts.check_mine(connection, start.name, number)
        self._numbers = itertools.count(number * START_STRIDE)
        share = Share(start.shared, number, Money(start.budget, start.wages))
        self._leasing = Leasing(pen, start.name, share, self._numbers)
        # What earlier starts leased and did not spend, now that all of theirs is settled.
        self._leasing.give_back()
        self.spent: Money = read.spent(engine, start.name)
        """Money settled by this run before this start."""
        self.has_votes: bool = read.any_votes(engine)
        """Whether votes of an earlier start or run may be reused."""
        self._writer = Writer(pen)
        self._closed = False

    def reserve(self, key: CandidateKey, usd: Usd, wages: Usd) -> int:
        """Note a reservation; it is on disk before any attempt that refers to it."""
        number = next(self._numbers)
        values = reservation_values(number, key, usd, wages)
        self._writer.batch.reservations.append(values)
        return number

    async def intend(self, intent: Intent) -> int:
        """Make the intent durable; the attempt's number comes back, and it may be sent.

        Whoever is cancelled meanwhile sends nothing: the attempt settles at nothing.
        """
        number = next(self._numbers)
        self._writer.batch.attempts.append(intent_values(number, intent))
        kept = self._writer.kept()
        try:
            await kept
        except asyncio.CancelledError:
            self._unsent(number, intent)
            raise
        return number

    def settle(self, settlement: Settlement, key: CandidateKey, vote: Vote | None = None) -> None:
        """Add a settlement, together with the vote it bought."""
        values = settlement_values(settlement)
        if vote is not None:
            self.add_vote(vote, key)
        # In the same turn of the event loop, and so in the same transaction.
        self._writer.batch.settlements.append(values)

    def add_vote(self, vote: Vote, key: CandidateKey) -> None:
        """Add a vote that no single settlement belongs to."""
        values = vote_values(next(self._numbers), vote, key)
        self._writer.batch.votes.append(values)

    def decide(self, decision: Decision, basis: str) -> asyncio.Future[None]:
        """Add a decision; the future is done when it, and all before it, is on disk.

        Nobody has to look at it: `flush` says too when it could not be written.
        """
        values = decision_values(next(self._numbers), decision, basis)
        self._writer.batch.decisions.append(values)
        return self._writer.promise()

    async def add_fit(self, key: str, body: str, rows: str) -> None:
        """Make a fit durable under its key."""
        self._writer.batch.fits.append((next(self._numbers), key, body, rows))
        await self._writer.kept()

    async def add_intake(self, key: str, body: str) -> None:
        """Make durable, under its key, what a look through the candidates found."""
        self._writer.batch.intakes.append((next(self._numbers), key, body))
        await self._writer.kept()

    async def lease(self, least: Money, wish: Money) -> Money:
        """Take a slice of the shared budget: the wish, or what is left if at least the least.

        Nothing when even that is not there, also after giving back what dead processes
        held. On disk, with all that was added before, when it comes back. Raises LedgerError
        when the run has a budget of its own.
        """
        if not self._leasing.share.budget:
            raise LedgerError(f"run {self.run!r} shares no budget; it has one of its own")
        number = next(self._numbers)
        take = self._leasing.take
        granted: Money = await self._writer.do(lambda _: take(number, least, wish))
        return granted

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
                self._leasing.give_back()
        except (SQLAlchemyError, OverflowError) as problem:
            raise cannot("be written", problem) from None
        finally:
            self._closed = True
            self._pen.close()
            self._engine.dispose()

    def _unsent(self, number: int, intent: Intent) -> None:
        detail = "given up before it was sent"
        self.settle(Settlement.unsent(number, detail, wage=intent.wage), intent.key)
