"""The wrapper that writes each attempt down: the intent before it, the settlement after."""

from __future__ import annotations

import time
from collections.abc import Mapping

from stepladder.annotators.base import Annotator, Answer, Reply, Waiting
from stepladder.annotators.wrapper import Wrapper
from stepladder.engine.account import Account
from stepladder.engine.brake import Brake
from stepladder.engine.claim import Claim, Tally
from stepladder.engine.rates import Rate
from stepladder.errors import AnnotatorError, OverrunError, RejectedError
from stepladder.ledger import Intent, Ledger, Settlement
from stepladder.types import NOTHING, UNUSED, Candidate, CandidateKey, Usage, Usd, Vote


class Journalled(Wrapper):
    """Makes every attempt of an annotator durable and pays for it from the candidate's claim."""

    def __init__(
        self,
        inner: Annotator,
        rate: Rate,
        ledger: Ledger,
        account: Account,
        claims: Mapping[CandidateKey, Claim],
        brake: Brake,
    ) -> None:
        super().__init__(inner)
        self._rate = rate
        self._ledger = ledger
        self._account = account
        self._claims = claims
        self._brake = brake

    async def ask(self, candidate: Candidate, sample: int = 0) -> Reply:
        """One attempt, paid; raises OverrunError when it is billed beyond its quote."""
        self._brake.check()
        claim = self._claims[candidate.key]
        quote = claim.quotes[self.name]
        key = self.key(candidate, sample)
        attempt = await self._ledger.intend(
            Intent(
                claim.number,
                candidate.key,
                self.name,
                key,
                self._rate.wage,
                quote,
                self._rate.entry,
            )
        )
        payment = _Payment(self, claim, candidate.key, attempt, quote)
        try:
            reply = await self.inner.ask(candidate, sample)
        except AnnotatorError as error:
            await payment.failed(error)
            raise
        except Exception as problem:
            wrapped = RejectedError(f"{self.name}: {type(problem).__name__}: {problem}")
            await payment.failed(wrapped)
            raise wrapped from problem
        match reply:
            case Waiting():
                await payment.waiting()
            case Answer():
                await payment.answered(reply, key, sample)
        return reply

    async def pay(
        self, claim: Claim, settlement: Settlement, quote: Usd, key: CandidateKey, vote: Vote | None
    ) -> None:
        """Settle with the account and the ledger; raises OverrunError."""
        if settlement.outcome != "waiting":
            # A person who has not answered keeps the wage on hold.
            self._account.settle(claim.hold, quote, settlement.cost, wage=settlement.wage)
        await self._ledger.settle(settlement, key, vote)
        if settlement.cost > quote:
            raise OverrunError(
                f"{self.name} billed {settlement.cost} for candidate {key.id!r}, more than its "
                f"quote of {quote}; the budget stands on quotes, so the run stops. "
                f"Check the price entry {self._rate.entry!r} and the annotator's max_output_tokens"
            )

    @property
    def rate(self) -> Rate:
        """What the annotator is paid by."""
        return self._rate


class _Payment:
    """One attempt between its intent and its settlement."""

    def __init__(
        self, journal: Journalled, claim: Claim, key: CandidateKey, attempt: int, quote: Usd
    ) -> None:
        self._journal = journal
        self._claim = claim
        self._key = key
        self._attempt = attempt
        self._quote = quote
        self._began = time.monotonic()
        self._tally: Tally = claim.tally(journal.name)
        self._tally.attempts += 1

    async def answered(self, answer: Answer, key: str, sample: int) -> None:
        """Settle what the answer used, and keep its vote in the same transaction."""
        cost = self._journal.rate.cost(answer.usage)
        self._add(answer.usage, cost)
        self._tally.vote = Vote(
            annotator=self._journal.name,
            outcome=answer.outcome,
            confidence=answer.confidence,
            usage=self._tally.usage,
            cost=self._tally.cost,
            model=answer.model,
            text=answer.text,
            sample=sample,
            key=key,
            seconds=self._seconds,
        )
        await self._settle("answered", cost, answer.usage, vote=self._tally.vote)

    async def failed(self, error: AnnotatorError) -> None:
        """Settle a failure: at what was billed, at nothing, or, when nobody knows, at the quote."""
        usage = error.billed or UNUSED
        if error.free:
            await self._settle("refunded", NOTHING, usage, detail=str(error))
            return
        cost = self._quote if error.billed is None else self._journal.rate.cost(error.billed)
        self._add(usage, cost)
        await self._settle("failed", cost, usage, detail=str(error))

    async def waiting(self) -> None:
        """Note that a person was asked, and has not answered."""
        await self._settle("waiting", NOTHING, UNUSED)

    def _add(self, usage: Usage, cost: Usd) -> None:
        self._tally.usage += usage
        self._tally.cost += cost

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._began

    async def _settle(
        self, outcome: str, cost: Usd, usage: Usage, *, vote: Vote | None = None, detail: str = ""
    ) -> None:
        settlement = Settlement(
            attempt=self._attempt,
            wage=self._journal.rate.wage,
            outcome=outcome,
            cost=cost,
            usage=usage,
            seconds=self._seconds,
            detail=detail[:500],
        )
        await self._journal.pay(self._claim, settlement, self._quote, self._key, vote)
