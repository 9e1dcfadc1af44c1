"""An annotator that is down is left alone until it answers again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from stepladder.annotators.base import Annotator, Reply
from stepladder.annotators.circuit import (
    CLOSED,
    OPENS_AFTER,
    Circuit,
    Closed,
    Open,
    Probing,
    failed,
    given_up,
)
from stepladder.annotators.wrapper import Wrapper
from stepladder.errors import (
    AnnotatorError,
    DownError,
    MalformedReplyError,
    TimedOutError,
    UnavailableError,
)
from stepladder.policy import WhenDown
from stepladder.types import FIRST, Candidate, Draw

TELL_OF_IT = (UnavailableError, TimedOutError, MalformedReplyError)
"""Failures after which the annotator may be down; a refused request shows that it is there."""
BETWEEN_LOOKS = 1.0
"""Seconds, at most, between two looks at a circuit that somebody else is probing."""


class Guarded(Wrapper):
    """Asks through a circuit breaker (see `circuit`); for one event loop.

    While the annotator is down, an ask fails at once with DownError (`when_down` is
    `skip`), or waits until it answers again (`wait`); once it has been down for
    `patience` seconds, everybody fails until a probe is answered. It counts as down
    after `opens_after` failures in a row, or after the circuit's own number if that is less.
    """

    def __init__(
        self,
        inner: Annotator,
        when_down: WhenDown,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        opens_after: int = OPENS_AFTER,
    ) -> None:
        super().__init__(inner)
        self._patience = patience if when_down is WhenDown.WAIT else 0.0
        self._opens_after = min(opens_after, OPENS_AFTER)
        self._circuit: Circuit = CLOSED
        self._why = ""
        # One looks at the circuit, the others wait for their turn, in order.
        self._turn = asyncio.Lock()
        self._clock = clock
        self._sleep = sleep

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        """Ask, unless it is down; raises DownError when it is, and has been for too long."""
        while True:
            if not isinstance(self._circuit, Closed):
                async with self._turn:
                    await self._until_half_open()
                    self._circuit = self._probe()
            try:
                reply = await self._asked(candidate, draw)
            except TELL_OF_IT as error:
                # A probe that cost nothing is not held against this candidate.
                if not (error.free and self._worth_waiting):
                    raise
            else:
                return reply

    async def _asked(self, candidate: Candidate, draw: Draw) -> Reply:
        seen = self._circuit
        try:
            reply = await self.inner.ask(candidate, draw)
        except TELL_OF_IT as error:
            # Others may have been asked long before it opened, and fail while the probe is out.
            probe = seen is self._circuit
            now, most = self._clock(), self._opens_after
            self._circuit = failed(self._circuit, now, probe=probe, opens_after=most)
            self._why = str(error)
            raise
        except BaseException as error:
            if isinstance(error, AnnotatorError) and error.heard:
                self._circuit = CLOSED
            elif seen is self._circuit:
                # Called off, or never sent: nobody knows more than before.
                self._circuit = given_up(self._circuit, self._clock())
            raise
        if self._circuit is not CLOSED:
            self._circuit = CLOSED
        return reply

    async def _until_half_open(self) -> None:
        while (wait := self._until_probe()) > 0:
            if not self._worth_waiting:
                raise DownError(f"{self.name} is down, and was not asked; last: {self._why}")
            await self._sleep(wait)

    def _until_probe(self) -> float:
        """Seconds until somebody may ask: nothing when it is closed, or due for a probe."""
        match self._circuit:
            case Closed():
                return 0.0
            case Open(probe_at=probe_at):
                return min(probe_at - self._clock(), BETWEEN_LOOKS)
            case Probing():
                return BETWEEN_LOOKS

    def _probe(self) -> Circuit:
        match self._circuit:
            case Open(since=since, cool_down=cool_down):
                return Probing(since, cool_down)
            case Closed() | Probing():
                return self._circuit

    @property
    def _worth_waiting(self) -> bool:
        match self._circuit:
            case Closed():
                return False
            case Open(since=since) | Probing(since=since):
                return self._clock() - since < self._patience
