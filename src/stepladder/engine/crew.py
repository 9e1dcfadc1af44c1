"""Taking candidates up the ladder, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from stepladder.confidence import Fit
from stepladder.engine.basis import Basis
from stepladder.engine.climb import Climb, Climber
from stepladder.engine.hands import work_off
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
    """As many hands as the policy's annotators take requests at once."""

    climber: Climber
    fit: Fit
    basis: Basis
    progress: Progress

    async def climb_all(self, candidates: Iterable[Candidate]) -> AsyncGenerator[Finished, None]:
        """Every candidate's decision as it is made; raises what halted the run."""
        work = work_through(candidates, self.climber.ledger, self.climber.staff)
        queue: asyncio.Queue[Finished | None] = asyncio.Queue()
        room = asyncio.Semaphore(QUEUED)
        hands = asyncio.create_task(self._work_off(work, queue, room))
        hands.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (finished := await queue.get()) is not None:
                room.release()
                yield finished
        finally:
            if not hands.done():
                await self._drain(hands, queue, room)
        await hands

    async def _work_off(
        self, work: Iterator[Work], queue: asyncio.Queue[Finished | None], room: asyncio.Semaphore
    ) -> None:
        async def decide(item: Work) -> None:
            finished = await self._one(item)
            await room.acquire()
            queue.put_nowait(finished)

        policy = self.climber.staff.policy
        names = {name for tier in policy.tiers for name in tier.ask}
        hands = sum(policy.annotators[name].concurrency for name in names)
        await work_off(work, decide, hands, self.climber.brake)

    async def _drain(
        self,
        hands: asyncio.Task[None],
        queue: asyncio.Queue[Finished | None],
        room: asyncio.Semaphore,
    ) -> None:
        """Let calls in flight finish though nobody reads; a cancellation meanwhile gives up."""
        self.climber.brake.pull()
        try:
            while await queue.get() is not None:
                room.release()
        except asyncio.CancelledError:
            hands.cancel()
            raise
        await hands

    async def _one(self, item: Work) -> Finished:
        basis = self.basis.of(item.candidate)
        decision, votes = item.standing(basis, self.climber.staff), tuple(item.votes.values())
        if decision is None:
            climb = Climb(self.climber, item.candidate, self.fit, item.votes)
            decision = await climb.decide()
            votes = climb.votes
            self.climber.ledger.decide(decision, basis)
        self.progress.decided(item.candidate, decision, votes)
        return Finished(item.candidate, decision, votes)
