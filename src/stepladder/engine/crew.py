"""Taking candidates up the ladder, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from stepladder.confidence import Fit
from stepladder.engine.basis import Basis
from stepladder.engine.climb import Climb, Climber
from stepladder.engine.hands import MoveOn, work_off
from stepladder.engine.progress import Progress
from stepladder.engine.replay import Work, work_through
from stepladder.types import Candidate, Decision, Vote

QUEUED = 1000
"""Decisions that may wait for whoever reads them."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A decision, with the votes it rests on."""

    candidate: Candidate
    decision: Decision
    votes: Sequence[Vote]
    by_gold: bool = False
    """Whether the candidate was used for calibration, so that its label is its gold."""


@dataclass(frozen=True, slots=True)
class Crew:
    """As many hands as the first tier takes requests at once, and more for what climbs on."""

    climber: Climber
    fit: Fit
    basis: Basis
    progress: Progress

    async def climb_all(self, candidates: Iterable[Candidate]) -> AsyncGenerator[Finished, None]:
        """Every candidate's decision as it is made and kept; raises what halted the run."""
        work = work_through(candidates, self.climber.ledger, self.climber.staff)
        shelf = _Shelf()
        hands = asyncio.create_task(self._work_off(work, shelf))
        hands.add_done_callback(lambda _: shelf.end())
        try:
            while (finished := await shelf.next()) is not None:
                yield finished
        finally:
            if not hands.done():
                await self._drain(hands, shelf)
            # Also to who left early: a run that had to halt does not look as if it had not.
            hands.result()

    async def _work_off(self, work: Iterator[Work], shelf: _Shelf) -> None:
        async def decide(item: Work, move_on: MoveOn) -> None:
            if shelf.full:
                await shelf.wait_for_room()
            await self._one(item, move_on, shelf)

        policy = self.climber.staff.policy
        hands = max(policy.annotators[name].concurrency for name in policy.tiers[0].ask)
        try:
            await work_off(work, decide, hands, self.climber.brake)
        finally:
            # What was decided is on disk, and on the shelf, before the end is.
            await self.climber.ledger.flush()

    async def _drain(self, hands: asyncio.Task[None], shelf: _Shelf) -> None:
        """Let calls in flight finish though nobody reads; a cancellation meanwhile gives up."""
        self.climber.brake.pull()
        try:
            while await shelf.next() is not None:
                pass
        except asyncio.CancelledError:
            await _give_up(hands)
            raise

    async def _one(self, item: Work, move_on: MoveOn, shelf: _Shelf) -> None:
        basis = self.basis.of(item.candidate)
        standing = item.standing(basis, self.climber.staff)
        if standing is not None:
            shelf.put(self._finished(item, standing, tuple(item.votes.values())))
            return
        climb = Climb(self.climber, item.candidate, self.fit, item.votes, move_on)
        decision = await climb.decide()
        finished = self._finished(item, decision, tuple(climb.votes))
        # The hand goes on at once: several decisions are made durable by one commit.
        shelf.put_once(self.climber.ledger.decide(decision, basis), finished)

    def _finished(self, item: Work, decision: Decision, votes: Sequence[Vote]) -> Finished:
        self.progress.decided(item.candidate, decision, votes)
        return Finished(item.candidate, decision, votes)


async def _give_up(hands: asyncio.Task[None]) -> None:
    """Cancel calls in flight, and wait until each is settled: the ledger is closed after this."""
    hands.cancel()
    # The first cancellation only says that nothing new is to be taken up.
    await asyncio.sleep(0)
    hands.cancel()
    await asyncio.wait([hands])


class _Shelf:
    """Where decisions wait for whoever reads them."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Finished | None] = asyncio.Queue()
        self._room = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether so much is unread that nothing should be added."""
        return self._queue.qsize() >= QUEUED

    async def wait_for_room(self) -> None:
        """Return once something was read."""
        while self.full:
            self._room.clear()
            await self._room.wait()

    def put(self, finished: Finished) -> None:
        self._queue.put_nowait(finished)

    def put_once(self, kept: asyncio.Future[None], finished: Finished) -> None:
        """Put it there as soon as it is on disk; what cannot be kept is not shown."""
        kept.add_done_callback(lambda done: None if done.exception() else self.put(finished))

    def end(self) -> None:
        """No more will come."""
        self._queue.put_nowait(None)

    async def next(self) -> Finished | None:
        """The next decision; None at the end."""
        finished = await self._queue.get()
        self._room.set()
        return finished
