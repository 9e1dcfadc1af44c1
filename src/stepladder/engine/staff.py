"""The annotators of a run, wrapped: each attempt is retried, limited and journalled."""

from __future__ import annotations

import random
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from stepladder.annotators.base import Annotator
from stepladder.annotators.limited import Limited
from stepladder.annotators.retrying import Retrying
from stepladder.engine.account import Account, Offer
from stepladder.engine.brake import Brake
from stepladder.engine.claim import Claim
from stepladder.engine.journal import Journalled
from stepladder.engine.rates import Rate
from stepladder.engine.setup import Setup
from stepladder.ledger import Ledger
from stepladder.policy import Policy
from stepladder.types import NOTHING, Candidate, CandidateKey, Usd


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody a policy can ask, ready to be asked and paid."""

    policy: Policy
    annotators: Mapping[str, Annotator]
    """By name, wrapped."""
    rates: Mapping[str, Rate]
    """By name."""

    def quote(self, name: str, candidate: Candidate) -> Usd:
        """The most that one attempt can cost."""
        return self.rates[name].quote(self.annotators[name].bound(candidate))

    def quotes(
        self, candidate: Candidate, tiers: Iterable[int], answered: Container[str] = ()
    ) -> dict[str, Usd]:
        """The quotes of all whom the route through these tiers has still to ask, by name."""
        names = dict.fromkeys(n for tier in tiers for n in self.asked_in(tier, candidate))
        return {name: self.quote(name, candidate) for name in names if name not in answered}

    def allowed(self, name: str, candidate: Candidate) -> bool:
        """Whether the annotator may see the candidate."""
        return self.policy.annotators[name].local or not candidate.local_only

    def reachable(self, candidate: Candidate) -> tuple[int, ...]:
        """The tiers in which somebody may see the candidate, by number, cheapest first."""
        return tuple(
            number
            for number, tier in enumerate(self.policy.tiers)
            if any(self.allowed(name, candidate) for name in tier.ask)
        )

    def asked_in(self, tier: int, candidate: Candidate) -> tuple[str, ...]:
        """Who is asked in a tier about this candidate."""
        return tuple(n for n in self.policy.tiers[tier].ask if self.allowed(n, candidate))

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
        spec = setup.policy.annotators[name]
        journalled = Journalled(setup.annotators[name], rate, ledger, account, claims, brake)
        limited = Limited(
            journalled,
            concurrency=spec.concurrency,
            requests_per_minute=spec.requests_per_minute,
            tokens_per_minute=spec.tokens_per_minute,
            sleep=brake.pause,
        )
        jitter = random.Random(f"{seed}:{name}")  # noqa: S311
        wrapped[name] = Retrying(limited, retries=spec.retries, rng=jitter, sleep=brake.pause)
    return Staff(setup.policy, wrapped, setup.rates)
