"""The annotators of a run, wrapped: each attempt is retried, limited and journalled."""

from __future__ import annotations

import random
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from stepladder.annotators.base import Annotator
from stepladder.annotators.guarded import Guarded
from stepladder.annotators.limited import Limited
from stepladder.annotators.retrying import Retrying
from stepladder.annotators.wrapper import unwrapped
from stepladder.engine.account import Account, Offer
from stepladder.engine.brake import Brake
from stepladder.engine.claim import Claim
from stepladder.engine.journal import Journalled
from stepladder.engine.ladder import Ladder
from stepladder.engine.rates import Rate
from stepladder.engine.setup import Setup
from stepladder.ledger import Ledger
from stepladder.policy import AnnotatorSpec, Policy
from stepladder.types import NOTHING, Candidate, CandidateKey, Usd

FEWEST_FAILURES = 4
"""In a row, from which an annotator counts as down: less may be bad luck."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody a policy can ask, ready to be asked and paid."""

    policy: Policy
    annotators: Mapping[str, Annotator]
    """By name; wrapped where they are asked."""
    rates: Mapping[str, Rate]
    """By name."""
    _bare: Mapping[str, Annotator] = field(init=False)
    """By name, without wrappers, which pass on every question but `ask`."""
    _ladder: Ladder = field(init=False)
    _local_ladder: Ladder = field(init=False)
    """As candidates see it that must stay on the user's machines."""

    def __post_init__(self) -> None:
        bare = {name: unwrapped(one) for name, one in self.annotators.items()}
        object.__setattr__(self, "_bare", bare)
        object.__setattr__(self, "_ladder", Ladder.of(self.policy, local_only=False))
        object.__setattr__(self, "_local_ladder", Ladder.of(self.policy, local_only=True))

    def quote(self, name: str, candidate: Candidate) -> Usd:
        """The most that one attempt can cost."""
        return self.rates[name].quote(self._bare[name].bound(candidate))

    def ladder_of(self, candidate: Candidate) -> Ladder:
        """Who may be asked about the candidate."""
        return self._local_ladder if candidate.local_only else self._ladder

    def quotes(
        self, candidate: Candidate, tiers: Iterable[int], answered: Container[str] = ()
    ) -> dict[str, Usd]:
        """The quotes of all whom the route through these tiers has still to ask, by name."""
        asked = self.ladder_of(candidate).asked
        return {
            name: self.quote(name, candidate)
            for tier in tiers
            for name in asked[tier]
            if name not in answered
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

    def offers(self, tiers: Iterable[int], quotes: Mapping[str, Usd]) -> list[Offer]:
        """Worst cases of the route through these tiers, retries included, the whole route first."""
        unpaid = dict(quotes)
        usd = wages = NOTHING
        found: list[Offer] = []
        for tier in tiers:
            for name in self.policy.tiers[tier].ask:
                worst = unpaid.pop(name, NOTHING) * (1 + self.policy.annotators[name].retries)
                if self.rates[name].wage:
                    wages += worst
                else:
                    usd += worst
            found.append(Offer(tier, usd, wages))
        return found[::-1]

    async def open(self, stack: AsyncExitStack) -> None:
        """Get everybody ready; the stack lets them go."""
        for annotator in self.annotators.values():
            stack.push_async_callback(annotator.close)
            await annotator.open()


def hire(
    setup: Setup,
    ledger: Ledger,
    account: Account,
    claims: Mapping[CandidateKey, Claim],
    brake: Brake,
    seed: int,
) -> Staff:
    """Wrap the annotators that the ladder asks."""
    wrapped: dict[str, Annotator] = {}
    for name, rate in setup.rates.items():
        journalled = Journalled(setup.annotators[name], rate, ledger, account, claims, brake)
        jitter = random.Random(f"{seed}:{name}")  # noqa: S311
        wrapped[name] = _wrapped(journalled, setup.policy.annotators[name], jitter, brake)
    return Staff(setup.policy, wrapped, setup.rates)


def _wrapped(
    journalled: Journalled, spec: AnnotatorSpec, jitter: random.Random, brake: Brake
) -> Annotator:
    """Guarded, limited and retried as the policy says; each attempt of it is journalled."""
    patience = float(spec.patience)
    # Inside the limits: whoever waited for them learns what was found out meanwhile.
    guarded = Guarded(
        journalled,
        spec.when_down,
        patience,
        sleep=brake.pause,
        # Few requests at once: down before many candidates' attempts are used up.
        opens_after=max(FEWEST_FAILURES, spec.retries + spec.concurrency),
    )
    limited = Limited(
        guarded,
        concurrency=spec.concurrency,
        requests_per_minute=spec.requests_per_minute,
        tokens_per_minute=spec.tokens_per_minute,
        sleep=brake.pause,
        patience=patience,
    )
    return Retrying(limited, retries=spec.retries, rng=jitter, sleep=brake.pause, patience=patience)
