"""How much a fake provider allows, kept by token buckets as real ones do."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests and tokens allowed; a request over them gets a 429 and is not charged.

    A request counts its prompt's tokens and its cap (`max_tokens` or
    `max_completion_tokens`), as at OpenAI. One that is larger than the bucket
    passes when the bucket is full; one larger than a minute's tokens never does.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    at_once: int | None = None
    """Requests in flight at the same time."""
    burst: float = 60.0
    """Seconds of allowance that a bucket holds: 60 lets a whole minute's through at once."""
    retry_after: bool = True
    """Whether a 429 tells how long to wait: whole seconds in Retry-After, exact ones in
    retry-after-ms."""
    headers: bool = False
    """Whether all replies tell what is left, in OpenAI's `x-ratelimit-*` headers."""

    def __post_init__(self) -> None:
        given = (self.requests_per_minute, self.tokens_per_minute, self.at_once)
        if any(one is not None and one < 1 for one in given) or not self.burst > 0:
            raise ValueError("limits: whole numbers of 1 or more, and burst more than 0 seconds")


class Bucket:
    """What is left of an allowance that flows in evenly."""

    def __init__(self, per_minute: int, burst: float, now: float) -> None:
        self.per_minute = per_minute
        self.capacity = max(1.0, per_minute * burst / 60)
        self._left = self.capacity
        self._at = now

    def left(self, now: float) -> float:
        """Units that may pass at once; below zero after an amount larger than the bucket."""
        self._left = min(self.capacity, self._left + (now - self._at) * self.per_minute / 60)
        self._at = now
        return self._left

    def wait(self, amount: int, now: float) -> float:
        """Seconds until the amount may pass."""
        short = min(float(amount), self.capacity) - self.left(now)
        # Rounding must not turn away, at its very second, who was told to come then.
        return short * 60 / self.per_minute if short > 1e-6 else 0.0

    def take(self, amount: int) -> None:
        """Count an amount that passes."""
        self._left -= amount


class Allowance:
    """The limits with what is left of them."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._requests = _bucket(limits.requests_per_minute, limits.burst, now)
        self._tokens = _bucket(limits.tokens_per_minute, limits.burst, now)

    def refused(self, tokens: int, at_once: int, now: float) -> str | None:
        """Why the request may not pass; None where it may, and then it is counted."""
        if self._limits.at_once is not None and at_once > self._limits.at_once:
            return f"more than {self._limits.at_once} requests at once"
        if self._tokens is not None and tokens > self._tokens.per_minute:
            return f"one request of {tokens} tokens is more than a minute's; it never passes"
        if self.wait(tokens, now) > 0:
            return "over the limit per minute"
        if self._requests is not None:
            self._requests.take(1)
        if self._tokens is not None:
            self._tokens.take(tokens)
        return None

    def wait(self, tokens: int, now: float) -> float:
        """Seconds until a request of so many tokens may pass."""
        requests = 0.0 if self._requests is None else self._requests.wait(1, now)
        return requests if self._tokens is None else max(requests, self._tokens.wait(tokens, now))

    def retry_after(self, tokens: int, now: float) -> bytes:
        """Header lines that tell a refused request when to come back."""
        if not self._limits.retry_after:
            return b""
        wait = self.wait(tokens, now)
        return b"Retry-After: %d\r\nretry-after-ms: %d\r\n" % (ceil(wait), ceil(wait * 1000))

    def headers(self, now: float) -> bytes:
        """Header lines that tell what is left."""
        if not self._limits.headers:
            return b""
        named = ((b"requests", self._requests), (b"tokens", self._tokens))
        return b"".join(_told(name, bucket, now) for name, bucket in named if bucket is not None)


def _bucket(per_minute: int | None, burst: float, now: float) -> Bucket | None:
    return None if per_minute is None else Bucket(per_minute, burst, now)


def _told(name: bytes, bucket: Bucket, now: float) -> bytes:
    left = max(0, floor(bucket.left(now) + 1e-6))
    full_in = (bucket.capacity - bucket.left(now)) * 60 / bucket.per_minute
    return b"x-ratelimit-limit-%b: %d\r\nx-ratelimit-remaining-%b: %d\r\nx-ratelimit-reset-%b: %b\r\n" % (  # noqa: E501
        name, bucket.per_minute, name, left, name, duration(full_in).encode(),
    )  # fmt: skip


def duration(seconds: float) -> str:
    """The way OpenAI writes it: `120ms`, `1.5s`, `6m0s`."""
    if seconds < 1:
        return f"{ceil(seconds * 1000)}ms"
    minutes, rest = divmod(round(seconds, 3), 60)
    return f"{int(minutes)}m{rest:g}s" if minutes else f"{rest:g}s"
