"""No more requests at once, and no more per minute, than a provider allows or bears."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from stepladder.annotators.base import Allowance, Annotator, Answer, Reply
from stepladder.annotators.known_limits import KnownLimits
from stepladder.annotators.likely_size import LikelySize
from stepladder.annotators.pace import Pace
from stepladder.annotators.slots import FIRST_WINDOW, Slots
from stepladder.annotators.wrapper import Wrapper
from stepladder.errors import AnnotatorError, DownError, RateLimitedError
from stepladder.types import FIRST, Candidate, Draw

MEASURED = 5.0
"""Seconds over which answers are counted while nothing limits the pace."""
PATIENCE = 120.0
"""Seconds for which it may refuse everything."""


class Limited(Wrapper):
    """Keeps to a provider's limits, first come, first served; for one event loop.

    The limits are the policy's; else what the provider states in its headers; else what
    its refusals teach (see `Pace`). Tokens are counted by the bound of each request,
    scaled by what earlier prompts really had. An attempt that is cancelled while it waits
    uses up nothing. Once nothing but refusals came for `patience` seconds, whoever would
    have to wait is turned away, until somebody is answered.
    """

    def __init__(
        self,
        inner: Annotator,
        concurrency: int,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        super().__init__(inner)
        self._slots = Slots(concurrency)
        # asyncio's locks wake their waiters in order.
        self._turn = asyncio.Lock()
        named = Allowance(requests_per_minute, tokens_per_minute)
        self._limits = KnownLimits.of(named, clock())
        self._size = LikelySize()
        self._pace = Pace()
        self._patience = patience
        self._refused_since: float | None = None
        self._refused_at = 0.0
        # Not measured by the pace while nothing limits it: that would cost each answer a value.
        self._answers, self._since = 0, clock()
        self._clock = clock
        self._sleep = sleep

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        """Ask as soon as the limits allow; raises DownError when it refused for too long."""
        # The slot first: a request let through by the buckets must leave at once.
        async with self._slots:
            if not self._unlimited:
                await self._allowance(candidate, draw)
            sent = self._clock()
            try:
                reply = await self.inner.ask(candidate, draw)
            except RateLimitedError as error:
                self._refused(error, sent)
                raise
            except AnnotatorError as error:
                if error.heard:
                    # It failed for another reason: as far as the limits go, it was let through.
                    self._let_through()
                raise
        self._let_through()
        self._slots.answered()
        if isinstance(reply, Answer):
            self._answered(reply, candidate, draw)
        return reply

    @property
    def _unlimited(self) -> bool:
        return self._limits.unknown and self._pace.unlimited

    async def _allowance(self, candidate: Candidate, draw: Draw) -> None:
        tokens = self._size.tokens(self.bound(candidate, draw)) if self._limits.tokens else 0
        came = self._clock()
        async with self._turn:
            while (wait := self._ready_at(tokens) - self._clock()) > 0:
                await self._sleep(min(wait, self._patience_left(came)))
            self._take(tokens)

    def _patience_left(self, came: float) -> float:
        """Seconds for which it is worth waiting; raises DownError when there are none."""
        if self._refused_since is None:
            return float("inf")
        # Refusals of long ago say nothing to who comes now, when nobody has asked since.
        long_ago = came - self._refused_at > self._patience
        left = (came if long_ago else self._refused_since) + self._patience - self._clock()
        if left <= 0:
            raise DownError(f"{self.name} refused every request for {self._patience:g} seconds")
        return left

    def _ready_at(self, tokens: int) -> float:
        return max(self._limits.ready_at(tokens), self._pace.next_at)

    def _take(self, tokens: int) -> None:
        now = self._clock()
        self._limits = self._limits.take(tokens, now)
        if not self._pace.unlimited:
            self._pace = self._pace.take(now)

    def _let_through(self) -> None:
        self._refused_since = None
        if self._pace.unlimited:
            self._count()
        else:
            self._pace = self._pace.answered(self._clock())

    def _answered(self, answer: Answer, candidate: Candidate, draw: Draw) -> None:
        stated = answer.allowance
        if stated is not None and stated != self._limits.stated:
            self._limits = self._limits.keep_to(stated, self._clock())
        if self._limits.tokens is not None:
            self._size = self._size.after(answer.usage, self.bound(candidate, draw))

    def _count(self) -> None:
        now = self._clock()
        if now - self._since > MEASURED:
            # Half of it counts on, so that there is always something measured.
            self._answers, self._since = self._answers // 2, (self._since + now) / 2
        self._answers += 1

    def _likely_borne(self, now: float) -> float:
        """Requests per second: as though a second's had been let through in advance."""
        return (self._answers or FIRST_WINDOW) / (now - self._since + 1)

    def _refused(self, error: RateLimitedError, sent: float) -> None:
        now, wait = self._clock(), error.retry_after
        self._refused_at = now
        if self._refused_since is None:
            self._refused_since = now
        if self._pace.unlimited:
            self._pace = Pace(began=now, before=self._likely_borne(now))
        # Who asks for an hour is asked again when everybody has run out of patience.
        pause = None if wait is None else min(wait, self._patience)
        self._pace = self._pace.refused(now, sent, pause)
