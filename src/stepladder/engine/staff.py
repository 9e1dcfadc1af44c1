"""The annotators of a run: who is asked about a candidate, what for, and at what price."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from stepladder.annotators.base import Annotator
from stepladder.annotators.wrapper import unwrapped
from stepladder.engine.account import Offer
from stepladder.engine.call import Call, Calls
from stepladder.engine.combining import combined
from stepladder.engine.ladder import Ladder
from stepladder.engine.rates import Rate
from stepladder.engine.setup import Setup
from stepladder.policy import ConfidenceSpec, Policy, confidence_of
from stepladder.task import Task
from stepladder.types import NOTHING, Candidate, Usd, Vote


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody a policy can ask, ready to be asked and paid."""

    task: Task
    policy: Policy
    annotators: Mapping[str, Annotator]
    """By name; wrapped where they are asked."""
    rates: Mapping[str, Rate]
    """By name."""
    calls: Calls
    """What one vote of each of them takes."""
    _bare: Mapping[str, Annotator] = field(init=False)
    """By name, without wrappers, which pass on every question but `ask`."""
    _confidence: Mapping[str, ConfidenceSpec | None] = field(init=False)
    """By name, what the tier says."""
    _ladder: Ladder = field(init=False)
    _local_ladder: Ladder = field(init=False)
    """As candidates see it that must stay on the user's machines."""

    def __post_init__(self) -> None:
        bare = {name: unwrapped(one) for name, one in self.annotators.items()}
        confidence = {name: confidence_of(self.policy, name) for name in self.annotators}
        object.__setattr__(self, "_bare", bare)
        object.__setattr__(self, "_confidence", confidence)
        object.__setattr__(self, "_ladder", Ladder.of(self.policy, local_only=False))
        object.__setattr__(self, "_local_ladder", Ladder.of(self.policy, local_only=True))

    @classmethod
    def of(cls, setup: Setup) -> Staff:
        """A run's annotators as they are, to ask for quotes."""
        return cls(setup.task, setup.policy, setup.annotators, setup.rates, setup.calls)

    def quote(self, call: Call, candidate: Candidate) -> Usd:
        """The most that one attempt can cost."""
        name, draw = call
        return self.rates[name].quote(self._bare[name].bound(candidate, draw))

    def vote_of(self, name: str, drawn: Sequence[Vote]) -> Vote:
        """The annotator's one vote, made of what each of its calls gave."""
        return combined(drawn, self._confidence[name], self.task.label_names)

    def votes_of(self, drawn: Mapping[Call, Vote]) -> dict[str, Vote]:
        """The vote of every annotator whose calls were all answered, by name."""
        return {
            name: self.vote_of(name, [drawn[call] for call in calls])
            for name, calls in self.calls.items()
            if all(call in drawn for call in calls)
        }

    def ladder_of(self, candidate: Candidate) -> Ladder:
        """Who may be asked about the candidate."""
        return self._local_ladder if candidate.local_only else self._ladder

    def quotes(
        self, candidate: Candidate, tiers: Iterable[int], answered: Container[Call] = ()
    ) -> dict[Call, Usd]:
        """The quotes of all calls that the route through these tiers has still to make."""
        asked = self.ladder_of(candidate).asked
        return {
            call: self.quote(call, candidate)
            for tier in tiers
            for name in asked[tier]
            for call in self.calls[name]
            if call not in answered
        }

    def allowed(self, name: str, candidate: Candidate) -> bool:
        """Whether the annotator may see the candidate."""
        return self.policy.annotators[name].local or not candidate.local_only

    def reachable(self, candidate: Candidate) -> tuple[int, ...]:
        """The tiers in which somebody may see the candidate, by number, cheapest first."""
        return self.ladder_of(candidate).reachable

    def asked_in(self, tier: int, candidate: Candidate) -> tuple[str, ...]:
        """Who is asked in a tier about this candidate."""
        return self.ladder_of(candidate).asked[tier]

    def asked_on(self, route: Sequence[str], candidate: Candidate) -> tuple[str, ...]:
        """Who is asked about this candidate on a route, given by the names of its tiers."""
        numbers = [n for n, tier in enumerate(self.policy.tiers) if tier.name in route]
        return tuple(name for n in numbers for name in self.asked_in(n, candidate))

    def offers(self, tiers: Iterable[int], quotes: Mapping[Call, Usd]) -> list[Offer]:
        """Worst cases of the route through these tiers, retries included, the whole route first."""
        unpaid = dict(quotes)
        usd = wages = NOTHING
        found: list[Offer] = []
        for tier in tiers:
            for name in self.policy.tiers[tier].ask:
                attempts, wage = 1 + self.policy.annotators[name].retries, self.rates[name].wage
                for call in self.calls[name]:
                    worst = unpaid.pop(call, NOTHING) * attempts
                    if wage:
                        wages += worst
                    else:
                        usd += worst
            found.append(Offer(tier, usd, wages))
        return found[::-1]

    def route(self, candidate: Candidate) -> list[Offer]:
        """Worst cases of all that a candidate may take, the whole route first."""
        tiers = self.reachable(candidate)
        return self.offers(tiers, self.quotes(candidate, tiers))

    def least(self, candidate: Candidate) -> Offer:
        """The worst case of the first tier alone; nothing where nobody may see the candidate."""
        offers = self.route(candidate)
        return offers[-1] if offers else Offer(0, NOTHING, NOTHING)

    async def open(self, stack: AsyncExitStack) -> None:
        """Get everybody ready; the stack lets them go."""
        for annotator in self.annotators.values():
            stack.push_async_callback(annotator.close)
            await annotator.open()
