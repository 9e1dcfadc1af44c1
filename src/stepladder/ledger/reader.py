"""What a run reads of its ledger while it works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from stepladder.ledger import read
from stepladder.ledger.database import Database
from stepladder.ledger.failure import cannot
from stepladder.ledger.patience import Pause, patiently_aside
from stepladder.ledger.read import StoredFit
from stepladder.ledger.standing import DecidedKey, each_decided, each_ever
from stepladder.types import CandidateKey, Status, Vote

Result = TypeVar("Result")


class Reader:
    """Reads one run's record back, without holding up the event loop.

    What is awaited is tried again while the database is away, for up to a minute, and raises
    LedgerError when it cannot be read. `pause` waits between two tries, and may raise to end it.
    """

    def __init__(self, database: Database, engine: Engine, run: str) -> None:
        self.run = run
        """The run's name."""
        self._database = database
        self._engine = engine

    async def fit(self, key: str) -> StoredFit | None:
        """The first fit of this key, if there is one."""
        return await self._look(lambda: read.fit(self._engine, self.run, key))

    async def has_fit(self) -> bool:
        """Whether this run has made any fit, in this start or an earlier one."""
        return await self._look(lambda: read.any_fit(self._engine, self.run))

    async def votes(
        self, keys: Sequence[CandidateKey], pause: Pause = asyncio.sleep
    ) -> Mapping[CandidateKey, Sequence[Vote]]:
        """Every vote about these candidates, by start and oldest first."""
        return await self._look(lambda: read.votes(self._engine, keys), pause)

    async def decisions(
        self, keys: Sequence[CandidateKey], pause: Pause = asyncio.sleep
    ) -> Mapping[CandidateKey, read.Decided]:
        """The last decision of this run for each of these candidates."""
        return await self._look(lambda: read.decisions(self._engine, self.run, keys), pause)

    async def ever_decided(
        self, statuses: Collection[Status], collect: Callable[[Iterator[CandidateKey]], Result]
    ) -> Result:
        """What `collect` makes of the candidates that this run ever decided so; some come twice.

        It is called in a thread, perhaps more than once; few keys are in memory at once.
        """
        return await self._look(lambda: collect(each_ever(self._engine, self.run, statuses)))

    def each_decided(self) -> Iterator[DecidedKey]:
        """How the last decision of this run about each candidate ended; few in memory at once."""
        return each_decided(self._engine, self.run)

    async def _look(self, look: Callable[[], Result], pause: Pause = asyncio.sleep) -> Result:
        """Read without holding up the event loop, however long the database is away."""
        try:
            return await patiently_aside(self._database, look, pause)
        except SQLAlchemyError as problem:
            raise cannot("be read", problem) from None
