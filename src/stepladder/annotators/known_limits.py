"""The limits per minute that the policy or the provider names: a value, without a clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stepladder.annotators.base import Allowance
from stepladder.annotators.bucket import Bucket

SECONDS_LATE = 1.0
"""What was asked before the provider stated a limit has used up a bucketful."""


@dataclass(frozen=True, slots=True)
class KnownLimits:
    """Limits on requests and on tokens, with what is left of them; None where nobody names one."""

    named: Allowance
    """The policy's, which go before what the provider states."""
    requests: Bucket | None
    tokens: Bucket | None
    """Prompt and answer together."""
    stated: Allowance | None = None
    """The provider's."""

    @classmethod
    def of(cls, named: Allowance, now: float) -> KnownLimits:
        """What the policy names, with a full allowance."""
        requests = _bucket(named.requests_per_minute, now)
        return cls(named, requests, _bucket(named.tokens_per_minute, now))

    @property
    def unknown(self) -> bool:
        """Whether nobody names any."""
        return self.requests is None and self.tokens is None

    def ready_at(self, tokens: int) -> float:
        """Seconds on the caller's clock from which a request of so many tokens may leave."""
        by_requests = self.requests.ready_at(1) if self.requests else float("-inf")
        return max(by_requests, self.tokens.ready_at(tokens)) if self.tokens else by_requests

    def take(self, tokens: int, now: float) -> KnownLimits:
        """The limits after a request left at `now`, which is not before `ready_at`."""
        if self.unknown:
            return self
        requests = self.requests and self.requests.take(1, now)
        return replace(
            self, requests=requests, tokens=self.tokens and self.tokens.take(tokens, now)
        )

    def keep_to(self, stated: Allowance, now: float) -> KnownLimits:
        """The limits that the provider states, where the policy names none."""
        late = now + SECONDS_LATE
        requests, tokens = self.requests, self.tokens
        if self.named.requests_per_minute is None:
            requests = _bucket(stated.requests_per_minute, late) or requests
        if self.named.tokens_per_minute is None:
            tokens = _bucket(stated.tokens_per_minute, late) or tokens
        return replace(self, requests=requests, tokens=tokens, stated=stated)


def _bucket(per_minute: int | None, now: float) -> Bucket | None:
    return Bucket(per_minute, now) if per_minute else None
