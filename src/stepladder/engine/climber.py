"""What the candidates of a run share on their way up: whom they ask, and who pays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stepladder.annotators.base import Waiting
from stepladder.engine.account import Account
from stepladder.engine.brake import Brake
from stepladder.engine.claim import Claim
from stepladder.engine.staff import Staff
from stepladder.errors import AnnotatorError
from stepladder.ledger import Ledger
from stepladder.types import Candidate, CandidateKey, Reason, Unlabelled, Vote


@dataclass(slots=True)
class Climber:
    """What all candidates of a run share while they climb."""

    staff: Staff
    ledger: Ledger
    account: Account
    claims: dict[CandidateKey, Claim]
    brake: Brake
    """Once pulled, nobody is asked any more."""

    async def reserve(
        self, candidate: Candidate, tiers: Sequence[int], known: Mapping[str, Vote]
    ) -> Claim | None:
        """Hold the worst case of the route through these tiers; None when no tier is affordable."""
        quotes = self.staff.quotes(candidate, tiers, known)
        hold = await self.account.reserve(self.staff.offers(tiers, quotes))
        if hold is None:
            return None
        number = self.ledger.reserve(candidate.key, hold.usd, hold.wages)
        claim = self.claims[candidate.key] = Claim(number, hold, quotes)
        return claim

    def release(self, candidate: Candidate, *, parked: bool = False) -> None:
        """End the candidate's reservation; `parked` keeps a waiting person's wage."""
        claim = self.claims.pop(candidate.key, None)
        if claim is None:
            return
        if parked:
            self.account.park(claim.hold)
        else:
            self.account.release(claim.hold)

    async def ask(self, name: str, candidate: Candidate) -> Vote | Waiting:
        """One annotator's vote; when its attempts run out, a vote without a label."""
        self.brake.check()
        annotator = self.staff.annotators[name]
        attempts = self.claims[candidate.key].attempts(name)
        try:
            reply = await annotator.ask(candidate)
        except AnnotatorError as error:
            if error.halts:
                raise
            return self._failed(name, candidate, error)
        if isinstance(reply, Waiting):
            return reply
        assert attempts.vote is not None  # noqa: S101 - the journal keeps every answer's vote
        return attempts.vote

    def _failed(self, name: str, candidate: Candidate, error: AnnotatorError) -> Vote:
        attempts = self.claims[candidate.key].attempts(name)
        vote = Vote(
            annotator=name,
            outcome=Unlabelled(Reason.ERROR, str(error)[:500]),
            usage=attempts.usage,
            cost=attempts.cost,
            key=self.staff.annotators[name].key(candidate),
        )
        self.ledger.add_vote(vote, candidate.key)
        return vote

    def free_retries(self, candidate: Candidate, names: Iterable[str]) -> None:
        """Give back what was held for attempts that these annotators did not need."""
        claim = self.claims.get(candidate.key)
        if claim is None:
            # All that was asked so far was known from an earlier start.
            return
        for name in names:
            unused = 1 + self.staff.policy.annotators[name].retries - claim.attempts(name).number
            if unused > 0 and name in claim.quotes:
                wage = self.staff.rates[name].wage
                self.account.free(claim.hold, claim.quotes[name] * unused, wage=wage)
