"""Another attempt after a failure that may pass: the policy is pure, the wrapper waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import inf
from random import Random

from stepladder.annotators.base import Annotator, Reply
from stepladder.annotators.wrapper import Wrapper
from stepladder.errors import AnnotatorError, RateLimitedError
from stepladder.types import FIRST, Candidate, Draw

BASE = 0.5
"""Seconds: the longest wait before the first retry; it doubles with each one."""
CAP = 30.0
"""Seconds: the longest wait of our own accord."""
PATIENCE = 120.0
"""Seconds: a provider that asks for a longer wait is not asked again."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask again after a wait."""

    seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Asking again does not help, or not soon enough."""


def wait_before(attempt: int, error: AnnotatorError, jitter: float) -> Retry | GiveUp:
    """What to do before the `attempt`-th retry (1 is the first) after `error`.

    `jitter` is uniform from 0 to 1. Exponential with full jitter: Marc Brooker,
    "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. What the
    provider asks for is a minimum.
    """
    if not error.retryable:
        return GiveUp()
    backoff = jitter * min(CAP, BASE * 2.0 ** min(attempt - 1, 10))
    if error.retry_after is None:
        return Retry(backoff)
    if not error.retry_after <= PATIENCE:
        return GiveUp()
    # Added, not the larger of the two: everyone told "10 seconds" would be back at one instant.
    return Retry(max(0.0, error.retry_after) + backoff)


class Retrying(Wrapper):
    """Asks again, up to `retries` times, when an attempt fails in a way that may pass.

    A rate limit is no failure of the request: it is asked again until `patience` seconds
    after the first one, and only then counts.
    """

    def __init__(
        self,
        inner: Annotator,
        retries: int,
        rng: Random,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        patience: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(inner)
        self.retries = retries
        """Attempts after the first one."""
        self.patience = patience
        """Seconds that a request may wait for a rate limit to pass."""
        self._rng = rng
        self._sleep = sleep
        self._clock = clock

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        """The first attempt that succeeds; raises the AnnotatorError of the last one."""
        failures = refusals = 0
        patient_until = inf
        while True:
            try:
                return await self.inner.ask(candidate, draw)
            except AnnotatorError as error:
                limited = isinstance(error, RateLimitedError)
                if limited:
                    patient_until = min(patient_until, self._clock() + self.patience)
                    limited = self._clock() < patient_until
                refusals, failures = refusals + limited, failures + (not limited)
                if failures > self.retries:
                    raise
                attempt = refusals if limited else failures
                match wait_before(attempt, error, self._rng.random()):
                    case Retry(seconds):
                        pause = seconds
                    case GiveUp():
                        raise
            # Outside the handler, so that a later error does not drag this one along.
            await self._sleep(pause)
