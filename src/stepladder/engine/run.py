"""One run: calibrate, then take every candidate up the ladder, several at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from functools import cached_property

from stepladder.engine.basis import Basis, policy_digest
from stepladder.engine.brake import Brake, Interrupted
from stepladder.engine.calibrating import Calibrated, calibrate, calibrated_before
from stepladder.engine.claim import Claim
from stepladder.engine.climber import Climber
from stepladder.engine.crew import Crew, Finished
from stepladder.engine.flushing import Flushing
from stepladder.engine.hiring import hire
from stepladder.engine.intake import Intake, candidates_at, look_through
from stepladder.engine.noted import note
from stepladder.engine.progress import Progress, unseen
from stepladder.engine.purse import Purse
from stepladder.engine.setup import RunOptions, Setup
from stepladder.engine.starting import start_of
from stepladder.engine.turns import decided_keys, in_turn
from stepladder.errors import BudgetError
from stepladder.ledger import Ledger, RunStart, open_ledger
from stepladder.types import Candidate, CandidateKey, Usd


class Run:
    """A run over candidates that can be read more than once (a list, or a file's rows)."""

    def __init__(
        self,
        setup: Setup,
        candidates: Iterable[Candidate],
        options: RunOptions,
        intake: Intake | None = None,
    ) -> None:
        """`intake` spares a look through the candidates, when somebody has looked already."""
        self.setup = setup
        self.options = options
        self.progress = Progress(
            setup.policy, unseen if setup.frozen is None else setup.frozen.rests_on
        )
        self._candidates = candidates
        self._intake = intake
        self._brake = Brake()
        self._purse = Purse.of(setup, options)
        self.limits = self._purse.limits
        """What the run, or all that share its budget, may spend."""
        self.budget = self._purse.usd
        """The wall for everything but wages; of a shared budget, what this run has leased."""
        self.wages = self._purse.wages
        """The same for people's wages."""
        self.calibrated: Calibrated | None = None
        """The fit, once there is one."""

    def stop(self) -> None:
        """Ask nobody any more; calls in flight finish."""
        self._brake.pull()

    @property
    def stopped(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._brake.pulled

    async def decisions(self) -> AsyncGenerator[Finished, None]:
        """Every decision as it is made, calibration rows first.

        Ends early after `stop`. Raises BudgetError when the budget cannot pay for one
        candidate, OverrunError or CredentialsError when the run had to halt, LedgerError
        when the ledger cannot be written. What was paid for is in the ledger by then.
        """
        intake = self._looked_through()
        async with self._at_work(intake) as climber:
            await note(climber.ledger, intake)
            async with aclosing(self._work(climber, intake)) as decided:
                async for finished in decided:
                    self.progress.finished(finished.decision)
                    yield finished

    async def calibrate(self) -> Calibrated | None:
        """The fit alone, as `decisions` begins; None after `stop`. Raises what `decisions` does."""
        intake = self._looked_through()
        async with self._at_work(intake) as climber:
            with suppress(Interrupted):
                await self._calibrate(climber, candidates_at(self._candidates, intake.calibration))
        return self.calibrated

    def _looked_through(self) -> Intake:
        policy, seed = self.setup.policy, self.options.seed
        return self._intake or look_through(self._candidates, policy, seed)

    @asynccontextmanager
    async def _at_work(self, intake: Intake) -> AsyncIterator[Climber]:
        self.progress.total = intake.total
        self.progress.gold.rows, self.progress.gold.groups = intake.gold, intake.gold_groups
        ledger = open_ledger(self.options.ledger, self._start())
        async with AsyncExitStack() as stack:
            stack.callback(ledger.close)
            await stack.enter_async_context(Flushing(ledger))
            climber = self._climber(ledger)
            self._check_budget(climber, intake)
            await climber.staff.open(stack)
            yield climber

    async def _calibrate(self, climber: Climber, rows: Sequence[Candidate]) -> Calibrated:
        frozen = self.setup.frozen
        if frozen is None:
            self.calibrated = await calibrate(climber, rows, self.options.seed)
        else:
            self.calibrated = calibrated_before(frozen)
        return self.calibrated

    async def _work(self, climber: Climber, intake: Intake) -> AsyncGenerator[Finished, None]:
        rows = candidates_at(self._candidates, intake.calibration)
        try:
            calibrated = await self._calibrate(climber, rows)
        except Interrupted:
            return
        basis = Basis(self._policy_digest, calibrated.key)
        for row in rows:
            yield self._by_gold(climber.ledger, row, calibrated, basis)
        crew = Crew(climber, calibrated.fit, basis, self.progress)
        decided = await decided_keys(climber.ledger)
        rest = in_turn(self._candidates, decided, calibrated.rows)
        async with aclosing(crew.climb_all(rest)) as decisions:
            async for finished in decisions:
                yield finished

    def _by_gold(
        self, ledger: Ledger, row: Candidate, calibrated: Calibrated, basis: Basis
    ) -> Finished:
        votes, decision = tuple(calibrated.rows[row.key].values()), calibrated.decision(row)
        ledger.decide(decision, basis.of(row))
        self.progress.calibrated(votes)
        return Finished(row, decision, votes, by_gold=True)

    def _climber(self, ledger: Ledger) -> Climber:
        account = self._purse.account(ledger)
        claims: dict[CandidateKey, Claim] = {}
        staff = hire(self.setup, ledger, account, claims, self._brake, self.options.seed)
        return Climber(staff, ledger, account, claims, self._brake)

    @property
    def shared(self) -> str:
        """The name of the budget that this run shares with others; empty for its own."""
        return self._purse.shared

    def _check_budget(self, climber: Climber, intake: Intake) -> None:
        first = next(iter(self._candidates), None)
        # What a shared budget has left is known when it is asked for a lease.
        if first is None or self.shared or self.budget.spent or intake.total == 0:
            return
        least = climber.staff.least(first)
        if not self.budget.fits(least.usd):
            raise BudgetError(
                f"a budget of {self.budget.limit} cannot pay for one candidate: "
                f"{first.id!r} may cost {least.usd} in the first tier alone; raise --budget"
            )
        if not self.wages.fits(least.wages):
            raise BudgetError(
                f"wages of {self.wages.limit} cannot pay for one answer: "
                f"{first.id!r} costs {least.wages}; raise --wages"
            )

    @cached_property
    def _policy_digest(self) -> str:
        return policy_digest(self.setup)

    def _start(self) -> RunStart:
        return start_of(self.setup, self.options, self.limits, self.shared)

    @property
    def name(self) -> str:
        """The run's name in the ledger."""
        return self.options.run or self.setup.task.name

    @property
    def spent(self) -> Usd:
        """All money spent by this run, wages included, over all its starts."""
        return self.budget.spent + self.wages.spent
