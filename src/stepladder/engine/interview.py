"""Candidates put to several machines, off the ladder: one run, without any decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from stepladder.engine.brake import Brake
from stepladder.engine.call import Call
from stepladder.engine.claim import Claim
from stepladder.engine.climber import Climber
from stepladder.engine.flushing import Flushing
from stepladder.engine.hands import MoveOn, work_off
from stepladder.engine.hiring import hire
from stepladder.engine.off_ladder import draws_off_ladder
from stepladder.engine.purse import Purse
from stepladder.engine.questions import Questions
from stepladder.engine.replay import Unread, Work, work_through
from stepladder.engine.setup import RunOptions
from stepladder.engine.starting import start_of
from stepladder.errors import BudgetError
from stepladder.ledger import Ledger, open_ledger
from stepladder.types import Candidate, CandidateKey, Vote


@dataclass(frozen=True, slots=True)
class Heard:
    """What was answered about one candidate."""

    candidate: Candidate
    votes: Mapping[Call, Vote]
    """One for each draw of each annotator that was asked; failed ones included."""
    known: frozenset[Call]
    """Those of them that the ledger had before."""
    unpaid: tuple[str, ...]
    """Annotators that the budget did not reach."""


class Interview:
    """Asks everything about every candidate, inside the budget; the ledger keeps the votes."""

    def __init__(
        self, questions: Questions, candidates: Sequence[Candidate], options: RunOptions
    ) -> None:
        """Raises PolicyError when nobody named a budget."""
        self.questions = questions
        self.candidates = candidates
        self.purse = Purse.of(questions.setup, options)
        """What it may spend, and has spent over all its starts."""
        self.heard: list[Heard] = []
        """About whom everything was answered so far."""
        self._options = options
        self._brake = Brake()

    def stop(self) -> None:
        """Ask nobody any more; calls in flight finish."""
        self._brake.pull()

    async def ask(self) -> None:
        """Ask until all is heard, or `stop` was called, or the budget ends.

        Raises BudgetError when the budget cannot pay for one candidate, OverrunError or
        CredentialsError when it had to halt, LedgerError when the ledger cannot be written.
        """
        setup, purse = self.questions.setup, self.purse
        start = start_of(setup, self._options, purse.limits, purse.shared)
        ledger = open_ledger(self._options.ledger, start)
        async with AsyncExitStack() as stack:
            stack.callback(ledger.close)
            await stack.enter_async_context(Flushing(ledger))
            climber = self._climber(ledger)
            self._check_budget(climber)
            await climber.staff.open(stack)
            await self._ask_all(climber)

    def _climber(self, ledger: Ledger) -> Climber:
        setup, account = self.questions.setup, self.purse.account(ledger)
        claims: dict[CandidateKey, Claim] = {}
        staff = hire(setup, ledger, account, claims, self._brake, self._options.seed)
        asking = self.questions.asked_by(staff)
        return Climber(asking, ledger, account, claims, self._brake)

    def _check_budget(self, climber: Climber) -> None:
        usd = self.purse.usd
        if not self.candidates or self.purse.shared or usd.spent:
            return
        first = self.candidates[0]
        least = climber.staff.least(first)
        if not usd.fits(least.usd):
            raise BudgetError(
                f"a budget of {usd.limit} cannot pay for one candidate: {first.id!r} may cost "
                f"{least.usd}; raise --budget, or ask less of each"
            )

    async def _ask_all(self, climber: Climber) -> None:
        async def ask(item: Unread, _: MoveOn) -> None:
            self.heard.append(await _ask(climber, await item.read()))

        policy = self.questions.setup.policy
        hands = max(policy.annotators[name].concurrency for name in policy.machines)
        work = work_through(self.candidates, climber.ledger, climber.staff, climber.brake)
        await work_off(work, ask, hands, climber.brake)


async def _ask(climber: Climber, work: Work) -> Heard:
    """All draws of every machine that may see the candidate and is affordable."""
    staff, candidate = climber.staff, work.candidate
    tiers = staff.reachable(candidate)
    asked = tuple(dict.fromkeys(name for tier in tiers for name in staff.asked_in(tier, candidate)))
    drawn = await draws_off_ladder(climber, work, asked)
    heard = {call.annotator for call in drawn}
    unpaid = tuple(name for name in asked if name not in heard)
    return Heard(candidate, drawn, frozenset(work.votes.keys() & drawn.keys()), unpaid)
