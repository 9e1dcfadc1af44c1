"""No more requests at once, and no more per minute, than a provider allows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from stepladder.annotators.base import Annotator, Reply
from stepladder.annotators.bucket import Bucket
from stepladder.annotators.wrapper import Wrapper
from stepladder.types import Candidate


class Limited(Wrapper):
    """Keeps to a provider's limits, first come, first served; for one event loop.

    Tokens are counted by the bound of each request, as providers do. An attempt
    that is cancelled while it waits uses up nothing.
    """

    def __init__(
        self,
        inner: Annotator,
        concurrency: int,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        super().__init__(inner)
        self._slots = asyncio.Semaphore(concurrency)
        # asyncio's semaphores and locks wake their waiters in order.
        self._turn = asyncio.Lock()
        self._requests = Bucket(requests_per_minute, clock()) if requests_per_minute else None
        self._tokens = Bucket(tokens_per_minute, clock()) if tokens_per_minute else None
        self._clock = clock
        self._sleep = sleep

    async def ask(self, candidate: Candidate, sample: int = 0) -> Reply:
        """Ask as soon as the limits allow."""
        # The slot first: a request let through by the buckets must leave at once.
        async with self._slots:
            await self._allowance(candidate)
            return await self.inner.ask(candidate, sample)

    async def _allowance(self, candidate: Candidate) -> None:
        if self._requests is None and self._tokens is None:
            return
        tokens = self.bound(candidate).tokens if self._tokens else 0
        async with self._turn:
            while (wait := self._ready_at(tokens) - self._clock()) > 0:
                await self._sleep(wait)
            self._take(tokens)

    def _ready_at(self, tokens: int) -> float:
        requests = self._requests.ready_at(1) if self._requests else float("-inf")
        return max(requests, self._tokens.ready_at(tokens)) if self._tokens else requests

    def _take(self, tokens: int) -> None:
        now = self._clock()
        self._requests = self._requests and self._requests.take(1, now)
        self._tokens = self._tokens and self._tokens.take(tokens, now)
