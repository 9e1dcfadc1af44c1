"""What the candidates of a run share on their way up: whom they ask, and who pays."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from stepladder.annotators.base import Waiting
from stepladder.engine.account import Account
from stepladder.engine.brake import Brake
from stepladder.engine.call import Call
from stepladder.engine.claim import Claim
from stepladder.engine.hands import all_of
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
        self, candidate: Candidate, tiers: Sequence[int], known: Container[Call]
    ) -> Claim | None:
        """Hold the worst case of the route through these tiers; None when no tier is affordable.

        Calls that are known need not be paid for.
        """
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

    async def vote(
        self, name: str, candidate: Candidate, known: Mapping[Call, Vote]
    ) -> Vote | Waiting:
        """One annotator's vote, made of all its draws; those that are known are not bought again.

        Raises Interrupted when the run stops.
        """
        replies = await self.draws(name, candidate, known)
        drawn = [reply for reply in replies if isinstance(reply, Vote)]
        return self.staff.vote_of(name, drawn) if len(drawn) == len(replies) else Waiting()

    async def draws(
        self, name: str, candidate: Candidate, known: Mapping[Call, Vote]
    ) -> Sequence[Vote | Waiting]:
        """What each of one annotator's calls gave, in their order; known ones are not bought again.

        Raises Interrupted when the run stops.
        """
        calls = self.staff.calls[name]
        if len(calls) == 1:
            # Most votes are one draw; a task of its own would be a twentieth of all CPU time.
            return [await self._draw(calls[0], candidate, known)]
        return await all_of(self._draw(call, candidate, known) for call in calls)

    async def _draw(
        self, call: Call, candidate: Candidate, known: Mapping[Call, Vote]
    ) -> Vote | Waiting:
        found = known.get(call)
        return found if found is not None else await self._ask(call, candidate)

    async def _ask(self, call: Call, candidate: Candidate) -> Vote | Waiting:
        """The vote of one draw; when its attempts run out, a vote without a label."""
        self.brake.check()
        annotator = self.staff.annotators[call.annotator]
        attempts = self.claims[candidate.key].attempts(call)
        try:
            reply = await annotator.ask(candidate, call.draw)
        except AnnotatorError as error:
            if error.halts:
                raise
            return self._failed(call, candidate, error)
        if isinstance(reply, Waiting):
            return reply
        assert attempts.vote is not None  # noqa: S101 - the journal keeps every answer's vote
        return attempts.vote

    def _failed(self, call: Call, candidate: Candidate, error: AnnotatorError) -> Vote:
        (name, draw), attempts = call, self.claims[candidate.key].attempts(call)
        vote = Vote(
            annotator=name,
            outcome=Unlabelled(Reason.ERROR, str(error)[:500]),
            usage=attempts.usage,
            cost=attempts.cost,
            variant=draw.variant,
            sample=draw.sample,
            key=self.staff.annotators[name].key(candidate, draw),
        )
        self.ledger.add_vote(vote, candidate.key)
        return vote

    def free_retries(self, candidate: Candidate, names: Iterable[str]) -> None:
        """Give back what was held for attempts that these annotators did not need."""
        claim = self.claims.get(candidate.key)
        if claim is None:
            # All that was asked so far was known from an earlier start.
            return
        for call in (call for name in names for call in self.staff.calls[name]):
            retries = self.staff.policy.annotators[call.annotator].retries
            unused = 1 + retries - claim.attempts(call).number
            if unused > 0 and call in claim.quotes:
                wage = self.staff.rates[call.annotator].wage
                self.account.free(claim.hold, claim.quotes[call] * unused, wage=wage)
