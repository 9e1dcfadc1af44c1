"""One candidate's way up the ladder, until it is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stepladder.annotators.base import Waiting
from stepladder.confidence import Fit
from stepladder.engine.call import Call
from stepladder.engine.climber import Climber
from stepladder.engine.hands import MoveOn, all_of
from stepladder.routing import Abstain, Accept, Ask, Asked, Fail, next_step
from stepladder.types import UNUSED, Candidate, Decision, Posterior, Status, Vote, total


@dataclass(slots=True)
class Climb:
    """One candidate, climbing."""

    climber: Climber
    candidate: Candidate
    fit: Fit
    known: Mapping[Call, Vote]
    """What an earlier start was answered and may be reused."""
    move_on: MoveOn
    """Called once it leaves the first tier of the ladder: another may take its place there."""
    asked: list[Asked] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    """All votes so far, in the order of the ladder."""
    by_machines: list[Vote] = field(default_factory=list)
    """Those that no person gave."""
    posterior: Posterior | None = None
    """What the machines' votes so far amount to."""

    async def decide(self) -> Decision:
        """Climb until something is decided; raises Interrupted, or an error that halts the run."""
        parked = False
        try:
            decision = await self._climb()
            parked = decision.status is Status.PENDING
            return decision
        finally:
            self.climber.release(self.candidate, parked=parked)

    async def _climb(self) -> Decision:
        policy, staff = self.climber.staff.policy, self.climber.staff
        reachable = staff.reachable(self.candidate)
        while True:
            step = next_step(policy, reachable, self.asked, self.posterior, self.candidate.key)
            match step:
                case Ask(tier):
                    self._leave_the_tier_below(tier)
                    ended = await self._ask(tier, [t for t in reachable if t >= tier])
                    if ended is not None:
                        return ended
                case Accept(label, reason):
                    return self._decided(Status.LABELLED, reason, label)
                case Abstain(reason):
                    return self._decided(Status.ABSTAINED, reason)
                case Fail(reason):
                    return self._decided(Status.FAILED, reason)

    def _leave_the_tier_below(self, tier: int) -> None:
        if tier > 0:
            self.move_on()
        if self.asked:
            names = [vote.annotator for vote in self.asked[-1].votes]
            self.climber.free_retries(self.candidate, names)

    async def _ask(self, tier: int, route: Sequence[int]) -> Decision | None:
        """Ask a tier; a decision comes back when the route ends here all the same."""
        staff = self.climber.staff
        names = staff.asked_in(tier, self.candidate)
        if any(call not in self.known for name in names for call in staff.calls[name]):
            short = await self._cannot_pay(tier, route)
            if short is not None:
                return self._decided(Status.OVER_BUDGET, short)
        votes = await self._votes(names)
        given = tuple(vote for vote in votes if isinstance(vote, Vote))
        if len(given) < len(votes):
            return self._decided(Status.PENDING, f"waits for {self._tier_name(tier)}")
        self._take(tier, given)
        return None

    def _take(self, tier: int, votes: tuple[Vote, ...]) -> None:
        policy = self.climber.staff.policy
        self.asked.append(Asked(tier, votes))
        self.votes += votes
        self.by_machines += [vote for vote in votes if not policy.is_person(vote.annotator)]
        self.posterior = self.fit.posterior(self.by_machines, self.candidate)

    async def _votes(self, names: Sequence[str]) -> list[Vote | Waiting]:
        if len(names) == 1:
            # Most tiers ask one; a task of its own would be a twentieth of all CPU time.
            return [await self.climber.vote(names[0], self.candidate, self.known)]
        return await all_of(self.climber.vote(n, self.candidate, self.known) for n in names)

    async def _cannot_pay(self, tier: int, route: Sequence[int]) -> str | None:
        """Why the tier cannot be paid for, None when it is."""
        self.climber.brake.check()
        claim = self.climber.claims.get(self.candidate.key)
        if claim is None:
            claim = await self.climber.reserve(self.candidate, route, self.known)
        if claim is None or claim.hold.reach < tier:
            return f"the budget does not cover {self._tier_name(tier)}"
        return None

    def _tier_name(self, tier: int) -> str:
        return self.climber.staff.policy.tiers[tier].name

    def _decided(self, status: Status, reason: str, label: str | None = None) -> Decision:
        posterior, votes = self.posterior, self.votes
        by_person = len(self.by_machines) < len(votes)
        sure = posterior.of(label) if posterior and label and not by_person else None
        return Decision(
            key=self.candidate.key,
            status=status,
            label=label,
            probability=sure,
            posterior=posterior,
            calibrated=self.fit.calibrated(self.by_machines),
            route=tuple(self._tier_name(one.tier) for one in self.asked),
            cost=total(vote.cost for vote in votes),
            usage=votes[0].usage if len(votes) == 1 else sum((v.usage for v in votes), UNUSED),
            reason=reason,
        )
