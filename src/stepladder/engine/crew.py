"""Taking candidates up the ladder, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from stepladder.confidence import Fit
from stepladder.engine.basis import Basis
from stepladder.engine.brake import Interrupted
from stepladder.engine.climb import Climb, Climber
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
        queue: asyncio.Queue[Finished | None] = asyncio.Queue(QUEUED)
        hands = asyncio.create_task(self._all_hands(work, queue))
        try:
            while (finished := await queue.get()) is not None:
                yield finished
            await hands
        finally:
            # Only when whoever reads the decisions left early.
            if not hands.done():
                self.climber.brake.pull()
                while await queue.get() is not None:
                    pass
                await hands

    async def _all_hands(self, work: Iterator[Work], queue: asyncio.Queue[Finished | None]) -> None:
        policy = self.climber.staff.policy
        names = {name for tier in policy.tiers for name in tier.ask}
        hands = sum(policy.annotators[name].concurrency for name in names)
        results = await asyncio.gather(
            *(self._work_off(work, queue) for _ in range(hands)), return_exceptions=True
        )
        await queue.put(None)
        for problem in results:
            if isinstance(problem, BaseException):
                raise problem

    async def _work_off(self, work: Iterator[Work], queue: asyncio.Queue[Finished | None]) -> None:
        try:
            for item in work:
                self.climber.brake.check()
                await queue.put(await self._one(item))
        except Interrupted:
            return
        except BaseException:
            # The others finish their calls and ask no more.
            self.climber.brake.pull()
            raise

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
