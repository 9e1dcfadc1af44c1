"""Answers requests as a behaviour says, counts them and charges for them; no input or output."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from stepladder.testing import wire
from stepladder.testing.answers import Mind, spoilt, stated
from stepladder.testing.behaviour import Behaviour
from stepladder.testing.books import Books
from stepladder.testing.completion import completion, usage_table
from stepladder.testing.fate import Dice, Fate, prompt_hash
from stepladder.testing.faults import FREE, STATUSES, Fault
from stepladder.testing.limits import Allowance
from stepladder.testing.protocol import Asked
from stepladder.testing.stats import Stats
from stepladder.testing.wire import Sent
from stepladder.testing.written import absurd, used, write


@dataclass(slots=True)
class Reply:
    """What a client gets, and when."""

    sent: Sent
    latency: float
    """Seconds before the first byte."""
    whole: bool = False
    """Whether it is a whole answer."""
    counted: bool = True
    """Whether it answers a request of the protocol."""


class Service:
    """The provider itself."""

    def __init__(self, behaviour: Behaviour, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises ValueError or TableError for a recording that cannot be read."""
        self.behaviour = behaviour
        self.first_at: float | None = None
        """When the first request came, by the clock."""
        self.books = Books(keep_purchases=behaviour.keep_purchases)
        self._clock = clock
        self._started = self._last_at = clock()
        self._dice, self._mind = Dice(behaviour), Mind(behaviour)
        limits = behaviour.limits
        self._allowance = None if limits is None else Allowance(limits, self._started)
        self._attempts: Counter[int] = Counter()
        self._faults: Counter[Fault] = Counter()
        self._requests = self._answered = self._now = self._at_once = self._refused = 0
        if behaviour.faults.get(Fault.GZIP_BOMB):
            wire.gzip_bomb()

    def begin(self, asked: Asked) -> Reply:
        """Take a request in; `end` must follow when its reply is out or its client gone."""
        now = self._last_at = self._clock()
        self.first_at = first = now if self.first_at is None else self.first_at
        self._requests += 1
        self._now += 1
        self._at_once = max(self._at_once, self._now)
        fate = self._interrupted(self._fate(asked), now - first, now - self._started)
        tokens = asked.prompt_tokens + (asked.cap or 0)
        why = self._allowance and self._allowance.refused(tokens, self._now, now)
        reply = self._refusal(why, tokens, now) if why else self._outcome(asked, fate, now)
        reply.latency += fate.latency
        return reply

    def end(self, reply: Reply, *, sent: bool) -> None:
        """The reply is out, or its client went away."""
        if reply.counted:
            self._now -= 1
            self._answered += sent and reply.whole

    def stats(self) -> Stats:
        """The counts so far."""
        first = self._last_at if self.first_at is None else self.first_at
        return Stats(
            requests=self._requests,
            answered=self._answered,
            prompt_tokens=self.books.prompt_tokens,
            completion_tokens=self.books.completion_tokens,
            at_once=self._at_once,
            refused=self._refused,
            faults={fault.value: count for fault, count in self._faults.items()},
            seconds=self._last_at - first,
        )

    def _fate(self, asked: Asked) -> Fate:
        attempt = 1
        if self._dice.counts_attempts:
            prompt = prompt_hash(asked)
            attempt = self._attempts[prompt] = self._attempts[prompt] + 1
        return self._dice.fate(asked, attempt)

    def _interrupted(self, fate: Fate, since_first: float, since_start: float) -> Fate:
        outage, start = self.behaviour.outage, self.behaviour.slow_start
        if outage is not None and outage.fault is not None and outage.covers(since_first):
            fate = replace(fate, reply=outage.fault)
        if start is not None and since_start < start.slow_for:
            fate = replace(fate, latency=fate.latency + start.extra)
        return fate

    def _refusal(self, why: str, tokens: int, now: float) -> Reply:
        self._refused += 1
        assert self._allowance is not None  # noqa: S101
        headers = self._allowance.retry_after(tokens, now) + self._allowance.headers(now)
        return Reply(Sent(wire.error(429, why, headers, "rate_limit_exceeded")), 0.0)

    def _outcome(self, asked: Asked, fate: Fate, now: float) -> Reply:
        headers = b"" if self._allowance is None else self._allowance.headers(now)
        fault = fate.reply
        if fault in FREE:
            self._faults[fault] += 1
        elif faults := fate.faults:
            self._faults.update(faults)
        # Charged before the wait: who gives up waiting pays all the same.
        body = b"" if fault in FREE else self._answer(asked, fate)
        if body is None:
            said = f"no vote of {asked.model!r} is recorded on the candidate of this prompt"
            return Reply(Sent(wire.error(404, said, headers)), 0.0)
        if fault is not None and fault in STATUSES:
            return Reply(Sent(wire.refusal(fault, self.behaviour.retry_after, headers)), 0.0)
        return Reply(wire.broken(fault, body, headers), 0.0, whole=fault is None)

    def _answer(self, asked: Asked, fate: Fate) -> bytes | None:
        """The reply, charged for: the work is done whatever becomes of it on the way."""
        draws = self._dice.draws(asked)
        believed = self._mind.belief(asked, draws)
        if believed is None:
            return None
        belief = stated(spoilt(believed, fate.answer, draws), asked, self.behaviour.labels)
        written = write(asked, belief, self.behaviour, fate.answer)
        truly = charged = used(asked, written, belief, self.behaviour)
        if fate.usage in (Fault.USAGE_ABSURD, Fault.USAGE_HIDDEN):
            charged = absurd(asked, truly)
        self.books.charge(asked, charged)
        return completion(asked, written, usage_table(fate.usage, truly, charged), fate)
