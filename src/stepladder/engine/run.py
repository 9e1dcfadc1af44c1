"""One run: calibrate, then take every candidate up the ladder, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property

import orjson

from stepladder.engine.account import Account, Wall
from stepladder.engine.brake import Brake, Interrupted
from stepladder.engine.calibrating import Calibrated, calibrate, choose_rows
from stepladder.engine.claim import Claim
from stepladder.engine.climb import Climb, Climber
from stepladder.engine.digest import digest
from stepladder.engine.progress import Progress
from stepladder.engine.replay import Work, work_through
from stepladder.engine.setup import Intake, RunOptions, Setup, look_through
from stepladder.engine.staff import hire
from stepladder.errors import BudgetError
from stepladder.ledger import Ledger, RunStart, open_ledger
from stepladder.task import Task
from stepladder.types import (
    NOTHING,
    UNUSED,
    Candidate,
    CandidateKey,
    Decision,
    Status,
    Usd,
    Vote,
    total,
)
from stepladder.version import VERSION

UNSEEN_BY_ANSWERS = {"price", "concurrency", "requests_per_minute", "tokens_per_minute", "retries"}
"""Settings of an annotator that change no answer, so that changing them decides nothing anew."""
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


class Run:
    """A run over candidates that can be read more than once (a list, or a file's rows)."""

    def __init__(self, setup: Setup, candidates: Iterable[Candidate], options: RunOptions) -> None:
        self.setup = setup
        self.options = options
        self.progress = Progress(setup.policy)
        self._candidates = candidates
        self._brake = Brake()
        self.budget = Wall(setup.budget(options))
        """The wall for everything but wages."""
        self.wages = Wall(setup.wages(options))
        """The wall for people's wages."""
        self.calibrated: Calibrated | None = None
        """The fit, once there is one."""

    def stop(self) -> None:
        """Ask nobody any more; calls in flight finish."""
        self._brake.pull()

    @property
    def stopped(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._brake.pulled

    async def decisions(self) -> AsyncIterator[Finished]:
        """Every decision as it is made, calibration rows first.

        Ends early after `stop`. Raises BudgetError when the budget cannot pay for one
        candidate, OverrunError or CredentialsError when the run had to halt, LedgerError
        when the ledger cannot be written. What was paid for is in the ledger by then.
        """
        intake = look_through(self._candidates)
        self.progress.total = intake.total
        ledger = open_ledger(self.options.ledger, self._start())
        async with AsyncExitStack() as stack:
            stack.callback(ledger.close)
            climber = self._climber(ledger)
            self._check_budget(climber, intake)
            await climber.staff.open(stack)
            async for finished in self._work(climber, intake):
                self.progress.finished(finished.decision)
                yield finished

    async def _work(self, climber: Climber, intake: Intake) -> AsyncIterator[Finished]:
        rows = choose_rows(intake.gold, self.setup.policy, self.options.seed)
        try:
            self.calibrated = await calibrate(
                climber, rows, self.setup.task.label_names, self.options.seed
            )
        except Interrupted:
            return
        for row in rows:
            yield self._by_gold(climber.ledger, row, self.calibrated)
        async for finished in self._climb_all(climber, self.calibrated):
            yield finished

    async def _climb_all(self, climber: Climber, calibrated: Calibrated) -> AsyncIterator[Finished]:
        rest = (c for c in self._candidates if c.key not in calibrated.rows)
        work = work_through(rest, climber.ledger, climber.staff)
        queue: asyncio.Queue[Finished | None] = asyncio.Queue(QUEUED)
        crew = asyncio.create_task(self._crew(climber, calibrated, work, queue))
        try:
            while (finished := await queue.get()) is not None:
                yield finished
            await crew
        finally:
            # Only when whoever reads the decisions left early.
            if not crew.done():
                self.stop()
                while await queue.get() is not None:
                    pass
                await crew

    async def _crew(
        self,
        climber: Climber,
        calibrated: Calibrated,
        work: Iterator[Work],
        queue: asyncio.Queue[Finished | None],
    ) -> None:
        policy = self.setup.policy
        names = {name for tier in policy.tiers for name in tier.ask}
        hands = sum(policy.annotators[name].concurrency for name in names)
        results = await asyncio.gather(
            *(self._work_off(climber, calibrated, work, queue) for _ in range(hands)),
            return_exceptions=True,
        )
        await queue.put(None)
        for problem in results:
            if isinstance(problem, BaseException):
                raise problem

    async def _work_off(
        self,
        climber: Climber,
        calibrated: Calibrated,
        work: Iterator[Work],
        queue: asyncio.Queue[Finished | None],
    ) -> None:
        for item in work:
            if self._brake.pulled:
                return
            try:
                await queue.put(await self._one(climber, calibrated, item))
            except Interrupted:
                return
            except BaseException:
                # The others finish their calls and ask no more.
                self.stop()
                raise

    async def _one(self, climber: Climber, calibrated: Calibrated, item: Work) -> Finished:
        basis = self._basis(item.candidate, calibrated)
        decision, votes = item.standing(basis, climber.staff), tuple(item.votes.values())
        if decision is None:
            climb = Climb(climber, item.candidate, calibrated.fit, item.votes)
            decision = await climb.decide()
            votes = climb.votes
            climber.ledger.decide(decision, basis)
        self.progress.decided(item.candidate, decision, votes)
        return Finished(item.candidate, decision, votes)

    def _by_gold(self, ledger: Ledger, row: Candidate, calibrated: Calibrated) -> Finished:
        votes = tuple(calibrated.rows[row.key].values())
        decision = Decision(
            key=row.key,
            status=Status.LABELLED,
            label=row.gold,
            posterior=calibrated.fit.posterior(votes),
            calibrated=calibrated.fit.calibrated(votes),
            route=("gold",),
            cost=total(vote.cost for vote in votes),
            usage=sum((vote.usage for vote in votes), UNUSED),
            reason="gold, used for calibration",
        )
        ledger.decide(decision, self._basis(row, calibrated))
        self.progress.calibrated(votes)
        return Finished(row, decision, votes, by_gold=True)

    def _climber(self, ledger: Ledger) -> Climber:
        self.budget.spent, self.wages.spent = ledger.spent.usd, ledger.spent.wages
        account = Account(self.budget, self.wages)
        claims: dict[CandidateKey, Claim] = {}
        staff = hire(self.setup, ledger, account, claims, self._brake, self.options.seed)
        return Climber(staff, ledger, account, claims, self._brake)

    def _check_budget(self, climber: Climber, intake: Intake) -> None:
        first = next(iter(self._candidates), None)
        if first is None or self.budget.spent or intake.total == 0:
            return
        tiers = climber.staff.reachable(first)
        offers = climber.staff.offers(tiers, climber.staff.quotes(first, tiers))
        needed = offers[-1].usd if offers else NOTHING
        if not self.budget.fits(needed):
            raise BudgetError(
                f"a budget of {self.budget.limit} cannot pay for one candidate: "
                f"{first.id!r} may cost {needed} in the first tier alone; raise --budget"
            )

    def _basis(self, candidate: Candidate, calibrated: Calibrated) -> str:
        return digest([self._policy_digest, calibrated.key, _shown(candidate, self.setup.task)])

    @cached_property
    def _policy_digest(self) -> str:
        return policy_digest(self.setup)

    def _start(self) -> RunStart:
        task, policy = self.setup.task, self.setup.policy
        return RunStart(
            name=self.options.run or task.name,
            task=task.name,
            labels=orjson.dumps(task.label_names).decode(),
            task_digest=digest(task.model_dump(mode="json")),
            policy_digest=self._policy_digest,
            policy=policy.model_dump_json(),
            seed=self.options.seed,
            budget=self.budget.limit,
            wages=self.wages.limit,
            version=VERSION,
        )

    @property
    def name(self) -> str:
        """The run's name in the ledger."""
        return self.options.run or self.setup.task.name

    @property
    def spent(self) -> Usd:
        """All money spent by this run, wages included, over all its starts."""
        return self.budget.spent + self.wages.spent


def policy_digest(setup: Setup) -> str:
    """Digest of what decides: labels, tiers, and the annotators' settings that change answers."""
    annotators = {
        name: setup.policy.annotators[name].model_dump(mode="json", exclude=UNSEEN_BY_ANSWERS)
        for name in setup.rates
    }
    tiers = [tier.model_dump(mode="json") for tier in setup.policy.tiers]
    return digest([setup.task.model_dump(mode="json"), tiers, annotators])


def _shown(candidate: Candidate, task: Task) -> list[object]:
    return [*candidate.key, dict(candidate.columns), candidate.local_only, task.text]
