"""No more requests at once, and no more per minute, than a provider allows or bears."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from stepladder.annotators.base import Allowance, Annotator, Answer, Reply
from stepladder.annotators.bucket import Bucket
from stepladder.annotators.pace import Pace
from stepladder.annotators.wrapper import Wrapper
from stepladder.errors import AnnotatorError, DownError, RateLimitedError
from stepladder.types import Candidate, Usage

FIRST_WINDOW = 8
"""Requests in flight at first."""
OPENED_BY = 4
"""Answers that let one more go, up to `concurrency`: a quarter more with each round trip.

Slow start (Jacobson, "Congestion Avoidance and Control", 1988), half as fast: all that is
in flight beyond a limit is refused when the limit is met first.
"""
MEASURED = 5.0
"""Seconds over which answers are counted while nothing limits the pace."""
PATIENCE = 120.0
"""Seconds for which it may refuse everything."""
LEARNING = 0.05
"""Weight of the last answer, at least, in what prompts' tokens are, compared to their bound."""


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
        window = min(FIRST_WINDOW, concurrency)
        self._slots = asyncio.Semaphore(window)
        self._closed_slots, self._until_next_slot = concurrency - window, OPENED_BY
        # asyncio's semaphores and locks wake their waiters in order.
        self._turn = asyncio.Lock()
        self._requests = Bucket(requests_per_minute, clock()) if requests_per_minute else None
        self._tokens = Bucket(tokens_per_minute, clock()) if tokens_per_minute else None
        self._policy_names_requests = requests_per_minute is not None
        self._policy_names_tokens = tokens_per_minute is not None
        self._stated: Allowance | None = None
        self._pace = Pace()
        self._patience = patience
        self._refused_since: float | None = None
        self._refused_at = 0.0
        # Not measured by the pace while nothing limits it: that would cost each answer a value.
        self._answers, self._since = 0, clock()
        self._weighed = 0
        self._share_of_bound = 1.0
        self._clock = clock
        self._sleep = sleep

    async def ask(self, candidate: Candidate, sample: int = 0) -> Reply:
        """Ask as soon as the limits allow; raises DownError when it refused for too long."""
        # The slot first: a request let through by the buckets must leave at once.
        async with self._slots:
            if not self._unlimited:
                await self._allowance(candidate)
            sent = self._clock()
            try:
                reply = await self.inner.ask(candidate, sample)
            except RateLimitedError as error:
                self._refused(error, sent)
                raise
            except AnnotatorError:
                # It failed for another reason: as far as the limits go, it was let through.
                self._let_through()
                raise
        self._let_through()
        self._open_a_slot()
        if isinstance(reply, Answer):
            self._answered(reply, candidate)
        return reply

    @property
    def _unlimited(self) -> bool:
        return self._requests is None and self._tokens is None and self._pace.unlimited

    async def _allowance(self, candidate: Candidate) -> None:
        tokens = self._likely(self.bound(candidate)) if self._tokens else 0
        async with self._turn:
            while (wait := self._ready_at(tokens) - self._clock()) > 0:
                await self._sleep(min(wait, self._patience_left()))
            self._take(tokens)

    def _patience_left(self) -> float:
        """Seconds for which it is worth waiting; raises DownError when there are none."""
        now = self._clock()
        # Refusals of long ago say nothing when nobody has asked since.
        if self._refused_since is None or now - self._refused_at > self._patience:
            return float("inf")
        left = self._refused_since + self._patience - now
        if left <= 0:
            raise DownError(f"{self.name} refused every request for {self._patience:g} seconds")
        return left

    def _likely(self, bound: Usage) -> int:
        """Tokens that the provider will count: the prompt's, and all that may be written."""
        return round(bound.prompt_tokens * self._share_of_bound) + bound.output + bound.reasoning

    def _ready_at(self, tokens: int) -> float:
        requests = self._requests.ready_at(1) if self._requests else float("-inf")
        allowed = max(requests, self._tokens.ready_at(tokens)) if self._tokens else requests
        return max(allowed, self._pace.next_at)

    def _take(self, tokens: int) -> None:
        now = self._clock()
        self._requests = self._requests and self._requests.take(1, now)
        self._tokens = self._tokens and self._tokens.take(tokens, now)
        if not self._pace.unlimited:
            self._pace = self._pace.take(now)

    def _open_a_slot(self) -> None:
        if not self._closed_slots:
            return
        self._until_next_slot -= 1
        if not self._until_next_slot:
            self._until_next_slot = OPENED_BY
            self._closed_slots -= 1
            self._slots.release()

    def _let_through(self) -> None:
        self._refused_since = None
        if self._pace.unlimited:
            self._count()
        else:
            self._pace = self._pace.answered(self._clock())

    def _answered(self, answer: Answer, candidate: Candidate) -> None:
        if answer.allowance is not None and answer.allowance != self._stated:
            self._keep_to(answer.allowance)
        if self._tokens is not None:
            self._weigh(answer.usage, self.bound(candidate))

    def _count(self) -> None:
        now = self._clock()
        if now - self._since > MEASURED:
            # Half of it counts on, so that there is always something measured.
            self._answers, self._since = self._answers // 2, (self._since + now) / 2
        self._answers += 1

    def _likely_borne(self, now: float) -> float:
        """Requests per second: as though a second's had been let through in advance."""
        return (self._answers or FIRST_WINDOW) / (now - self._since + 1)

    def _keep_to(self, stated: Allowance) -> None:
        """Take the limits that the provider states, where the policy names none."""
        # A second late: what was asked before it said so has used up a bucketful.
        now, self._stated = self._clock() + 1, stated
        if stated.requests_per_minute and not self._policy_names_requests:
            self._requests = Bucket(stated.requests_per_minute, now)
        if stated.tokens_per_minute and not self._policy_names_tokens:
            self._tokens = Bucket(stated.tokens_per_minute, now)

    def _weigh(self, used: Usage, bound: Usage) -> None:
        read, most = used.prompt_tokens, bound.prompt_tokens
        if most:
            self._weighed += 1
            # The mean of the first ones: a bound of many times the truth is corrected at once.
            weight = max(LEARNING, 1 / self._weighed)
            self._share_of_bound += weight * (min(read / most, 1.0) - self._share_of_bound)

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
