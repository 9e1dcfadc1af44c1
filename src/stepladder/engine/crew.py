"""Taking candidates up the ladder, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from stepladder.confidence import Fit
from stepladder.engine.basis import Basis
from stepladder.engine.climb import Climb
from stepladder.engine.climber import Climber
from stepladder.engine.flushing import Flushing
from stepladder.engine.hands import MoveOn, work_off
from stepladder.engine.progress import Progress
from stepladder.engine.replay import Unread, Work, work_through
from stepladder.engine.shelf import Shelf
from stepladder.types import Candidate, Decision, Vote


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
        work = self._unread(candidates)
        # What cannot be kept is for nothing: nobody goes on, and the last flush says why.
        shelf = Shelf[Finished](lost=self.climber.brake.pull)
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

    def _unread(self, candidates: Iterable[Candidate]) -> Iterator[Unread]:
        climber = self.climber
        return work_through(candidates, climber.ledger, climber.staff, climber.brake)

    async def _work_off(self, work: Iterator[Unread], shelf: Shelf[Finished]) -> None:
        async def decide(item: Unread, move_on: MoveOn) -> None:
            if shelf.full:
                await shelf.wait_for_room()
            await self._one(await item.read(), move_on, shelf)

        policy = self.climber.staff.policy
        hands = max(policy.annotators[name].concurrency for name in policy.tiers[0].ask)
        # What was decided is on disk, and on the shelf, before the end is.
        async with Flushing(self.climber.ledger):
            await work_off(work, decide, hands, self.climber.brake)

    async def _drain(self, hands: asyncio.Task[None], shelf: Shelf[Finished]) -> None:
        """Let calls in flight finish though nobody reads; a cancellation meanwhile gives up."""
        self.climber.brake.pull()
        try:
            while await shelf.next() is not None:
                pass
        except asyncio.CancelledError:
            await _give_up(hands)
            raise

    async def _one(self, item: Work, move_on: MoveOn, shelf: Shelf[Finished]) -> None:
        basis = self.basis.of(item.candidate)
        standing = item.standing(basis, self.climber.staff)
        if standing is not None:
            votes = self.climber.staff.votes_of(item.votes)
            shelf.put(self._finished(item, standing, tuple(votes.values())))
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
