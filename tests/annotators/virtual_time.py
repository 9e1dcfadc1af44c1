"""An event loop in which waiting takes no time, and providers that keep limits in it."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Callable, Coroutine, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from stepladder.annotators import Allowance, Answer, Limited, Retrying
from stepladder.errors import AnnotatorError, RateLimitedError
from stepladder.types import FIRST, Candidate, Draw, Labelled, Usage

Result = TypeVar("Result")
ROUND_TRIP = (0.14, 0.32)
"""Seconds between a request and its answer, at least and at most."""


class _Jumping(selectors.SelectSelector):
    """Where the loop would wait, its clock jumps."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everybody waits for ever")
        if not ready:
            self.now += timeout or 0.0
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time passes only while everybody waits, and then at once."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def in_virtual_time(
    work: Callable[[Callable[[], float]], Coroutine[Any, Any, Result]],
) -> Result:
    """Run what `work` makes of the clock."""
    with closing(VirtualLoop()) as loop:
        return loop.run_until_complete(work(loop.time))


class Gate(Protocol):
    """What lets requests through."""

    def wait(self, now: float, tokens: int) -> float:
        """Seconds to wait; 0 lets the request through and counts it."""


class TokenBucket:
    """So many units a second, and those of `burst` seconds at once."""

    def __init__(self, per_second: float, burst: float) -> None:
        self.per_second = per_second
        self._size = self._left = max(1.0, per_second * burst)
        self._at = 0.0

    def wait(self, now: float, tokens: int) -> float:
        self._left = min(self._size, self._left + (now - self._at) * self.per_second)
        self._at = now
        if self._left >= tokens:
            self._left -= tokens
            return 0.0
        return (tokens - self._left) / self.per_second


class FixedWindow:
    """So many in each minute by the clock, whenever in it they come."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._minute, self._passed = -1, 0

    def wait(self, now: float, tokens: int) -> float:
        if now // 60 != self._minute:
            self._minute, self._passed = int(now // 60), 0
        if self._passed < self._per_minute:
            self._passed += 1
            return 0.0
        return 60 - now % 60


class AtRandom:
    """Refuses a share, however slowly it is asked."""

    def __init__(self, share: float) -> None:
        self._share, self._rng = share, random.Random(1)  # noqa: S311

    def wait(self, now: float, tokens: int) -> float:
        return 1.0 if self._rng.random() < self._share else 0.0


class Closed:
    """Refuses everything between two moments."""

    def __init__(self, begins: float = 0.0, ends: float = float("inf")) -> None:
        self._begins, self._ends = begins, ends

    def wait(self, now: float, tokens: int) -> float:
        return 1.0 if self._begins <= now < self._ends else 0.0


class Provider:
    """An annotator behind a gate; one token a request unless the candidate says otherwise."""

    name = "fake"

    def __init__(
        self,
        gate: Gate,
        clock: Callable[[], float],
        *,
        hints: bool = False,
        stated: Allowance | None = None,
        loose: float = 1.0,
    ) -> None:
        """`hints`: says when to come back; `loose`: by how much the bound is too high."""
        self.gate, self.clock, self.hints = gate, clock, hints
        self.stated, self.loose = stated, loose
        self.answered, self.refused, self.tokens = 0, 0, 0
        self.times: list[float] = []
        """When a request arrived."""
        self.asked_at: list[float] = []
        self.answered_at: list[float] = []
        """When it was sent, and when its answer was back."""
        self._rng = random.Random(0)  # noqa: S311

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Answer:
        tokens = _tokens(candidate)
        there = self._rng.uniform(*ROUND_TRIP) / 2
        self.asked_at.append(self.clock())
        await asyncio.sleep(there)
        self.times.append(self.clock())
        wait = self.gate.wait(self.clock(), tokens)
        await asyncio.sleep(there)
        self.answered_at.append(self.clock())
        if wait > 0:
            self.refused += 1
            raise RateLimitedError("later", free=True, retry_after=wait if self.hints else None)
        self.answered += 1
        self.tokens += tokens
        return Answer(Labelled("yes"), usage=Usage(input=tokens), allowance=self.stated)

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:
        return Usage(input=round(_tokens(candidate) * self.loose))

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        return candidate.id

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    @property
    def refused_share(self) -> float:
        """Of all requests that arrived."""
        return self.refused / (self.answered + self.refused)


def _tokens(candidate: Candidate) -> int:
    return int(candidate.columns.get("tokens", 1))


@dataclass(frozen=True, slots=True)
class Load:
    """As many askers as a provider is asked by, each with one candidate after the other."""

    seconds: float
    askers: int
    tokens: tuple[int, int] = (1, 1)
    """Of a candidate, at least and at most."""

    async def on(self, provider: Provider, **limits: Any) -> Limited:
        """Ask through retries and limits until the time is over."""
        limited = Limited(provider, self.askers, clock=provider.clock, **limits)
        await self.through(limited)
        return limited

    async def through(self, limited: Limited) -> None:
        """Ask through retries and these limits until the time is over."""
        rng = random.Random(2)  # noqa: S311
        retrying = Retrying(limited, 2, rng, patience=120.0)
        tasks = [asyncio.ensure_future(self._asker(retrying, rng)) for _ in range(self.askers)]
        await asyncio.sleep(self.seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _asker(self, annotator: Retrying, rng: random.Random) -> None:
        while True:
            columns: Mapping[str, str] = {"tokens": f"{rng.randint(*self.tokens)}"}
            try:
                await annotator.ask(Candidate("1", columns))
            except AnnotatorError:
                continue
