"""The wrapper that writes each attempt down: the intent before it, the settlement after."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from stepladder.annotators.base import Annotator, Answer, Reply
from stepladder.annotators.wrapper import Wrapper
from stepladder.engine.account import Account
from stepladder.engine.brake import Brake, Interrupted
from stepladder.engine.call import Call
from stepladder.engine.claim import Attempts, Claim
from stepladder.engine.rates import Rate
from stepladder.errors import AnnotatorError, OverrunError, RejectedError
from stepladder.ledger import Intent, Ledger, Settlement
from stepladder.ledger.fitting import fitting, fitting_cost
from stepladder.types import FIRST, NOTHING, UNUSED, Candidate, CandidateKey, Draw, Usage, Usd, Vote

SHOWN = 500
"""Characters of an error that are kept."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt between its intent and its settlement."""

    number: int
    key: CandidateKey
    vote_key: str
    draw: Draw
    claim: Claim
    attempts: Attempts
    quote: Usd
    began: float
    """Seconds on the monotonic clock."""


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

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        """One attempt, paid; raises OverrunError when it is billed beyond its quote.

        That, and whatever else halts the run, pulls the brake at once: whoever else is
        asked about the candidate may take long, and others would be sent meanwhile.
        """
        self._brake.check()
        attempt = await self._intend(candidate, draw)
        if self._brake.pulled:
            self._unsent(attempt)
            raise Interrupted
        try:
            reply = await self.inner.ask(candidate, draw)
        except AnnotatorError as error:
            self._failed(attempt, error)
            raise
        except Exception as problem:
            wrapped = RejectedError(f"{self.name}: {type(problem).__name__}: {problem}")
            self._failed(attempt, wrapped)
            raise wrapped from problem
        except BaseException:
            self._lost(attempt)
            raise
        if isinstance(reply, Answer):
            self._answered(attempt, reply)
        else:
            # A person who has not answered keeps the wage on hold.
            self._settle(attempt, self._settlement(attempt, "waiting", NOTHING, UNUSED))
        return reply

    async def _intend(self, candidate: Candidate, draw: Draw) -> Attempt:
        key, vote_key = candidate.key, self.key(candidate, draw)
        claim, call = self._claims[key], Call(self.name, draw)
        quote, rate = claim.quotes[call], self._rate
        number = await self._ledger.intend(
            Intent(claim.number, key, self.name, vote_key, rate.wage, quote, rate.entry)
        )
        sofar = claim.attempts(call)
        return Attempt(number, key, vote_key, draw, claim, sofar, quote, time.monotonic())

    def _unsent(self, attempt: Attempt) -> None:
        """Settle an attempt that was not made in the end; its quote stays on hold."""
        detail = "the run stopped before it was sent"
        self._settle(attempt, Settlement.unsent(attempt.number, detail, wage=self._rate.wage))

    def _answered(self, attempt: Attempt, answer: Answer) -> None:
        """Settle what the answer used, and keep its vote in the same transaction."""
        used, cost = self._billed(answer.usage)
        sofar = attempt.attempts
        sofar.paid(used, cost)
        sofar.vote = Vote(
            annotator=self.name,
            outcome=answer.outcome,
            confidence=answer.confidence,
            usage=sofar.usage,
            cost=sofar.cost,
            model=answer.model,
            text=answer.text,
            variant=attempt.draw.variant,
            sample=attempt.draw.sample,
            key=attempt.vote_key,
            seconds=time.monotonic() - attempt.began,
        )
        self._pay(attempt, self._settlement(attempt, "answered", cost, used), sofar.vote)

    def _failed(self, attempt: Attempt, error: AnnotatorError) -> None:
        """Settle a failure: at what was billed, at nothing, or, when nobody knows, at the quote."""
        if error.halts:
            self._brake.pull()
        usage, billed = self._billed(error.billed or UNUSED)
        detail = str(error)[:SHOWN]
        if error.free:
            # Its quote stays on hold: it did not use up one of the attempts that are paid for.
            self._settle(attempt, self._settlement(attempt, "refunded", NOTHING, usage, detail))
            return
        cost = attempt.quote if error.billed is None else billed
        attempt.attempts.paid(usage, cost)
        self._pay(attempt, self._settlement(attempt, "failed", cost, usage, detail))

    def _billed(self, usage: Usage) -> tuple[Usage, Usd]:
        """What was used and what that costs, as far as the ledger can tell."""
        # An annotator of one's own may report anything, and must not sink others' answers.
        used = fitting(usage)
        return used, fitting_cost(self._rate.cost(used))

    def _lost(self, attempt: Attempt) -> None:
        """Settle an attempt that was given up while under way: it may be billed all the same."""
        attempt.attempts.paid(UNUSED, attempt.quote)
        detail = "given up while under way"
        self._pay(attempt, self._settlement(attempt, "unknown", attempt.quote, UNUSED, detail))

    def _pay(self, attempt: Attempt, settlement: Settlement, vote: Vote | None = None) -> None:
        """Settle with the account and the ledger; raises OverrunError."""
        cost, quote = settlement.cost, attempt.quote
        self._account.settle(attempt.claim.hold, quote, cost, wage=settlement.wage)
        self._settle(attempt, settlement, vote)
        if cost.pico > quote.pico:
            self._brake.pull()
            raise OverrunError(
                f"{self.name} billed {cost} for candidate {attempt.key.id!r}, more than its "
                f"quote of {quote}; the budget stands on quotes, so the run stops. "
                f"Check the price entry {self._rate.entry!r} and the annotator's max_output_tokens"
            )

    def _settle(self, attempt: Attempt, settlement: Settlement, vote: Vote | None = None) -> None:
        self._ledger.settle(settlement, attempt.key, vote)

    def _settlement(
        self, attempt: Attempt, outcome: str, cost: Usd, usage: Usage, detail: str = ""
    ) -> Settlement:
        seconds = time.monotonic() - attempt.began
        return Settlement(attempt.number, self._rate.wage, outcome, cost, usage, seconds, detail)
