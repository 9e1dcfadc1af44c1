"""What becomes of each request: drawn from the seed and the request, not from the order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from struct import unpack

from stepladder.testing.behaviour import Behaviour
from stepladder.testing.faults import Fault, Kind
from stepladder.testing.protocol import Asked


@dataclass(frozen=True, slots=True)
class Fate:
    """What one attempt meets, by kind, and how long it takes."""

    reply: Fault | None = None
    usage: Fault | None = None
    answer: Fault | None = None
    latency: float = 0.0
    """Seconds."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that goes wrong."""
        return tuple(f for f in (self.reply, self.usage, self.answer) if f is not None)


@dataclass(frozen=True, slots=True)
class Draws:
    """Numbers from 0 to 1, 1 left out: fixed by seed and prompt, whatever the attempt."""

    choice: float
    """Which answer."""
    sure: float
    """How sure."""


class Dice:
    """Draws answers and fates; a fraction of the price of seeding a generator each time."""

    def __init__(self, behaviour: Behaviour) -> None:
        seed = str(behaviour.seed).encode()
        self._answers = blake2b(seed + b"\0answer\0", digest_size=16)
        self._fates = blake2b(seed + b"\0fate\0", digest_size=32)
        self._reply = Shares(behaviour.faults, Kind.REPLY)
        self._usage = Shares(behaviour.faults, Kind.USAGE)
        self._answer = Shares(behaviour.faults, Kind.ANSWER)
        self._latency = behaviour.latency
        self._certain = _certain(behaviour)
        self.counts_attempts = any(behaviour.faults.values())
        """Whether a prompt's second attempt may differ from the first."""

    def draws(self, asked: Asked) -> Draws:
        """What the answer is chosen by; the same at every attempt."""
        hashed = self._answers.copy()
        hashed.update(_bytes(asked))
        choice, sure = unpack("<2Q", hashed.digest())
        return Draws(_unit(choice), _unit(sure))

    def fate(self, asked: Asked, attempt: int) -> Fate:
        """What the `attempt`-th request for this prompt meets."""
        if self._certain is not None:
            return self._certain
        hashed = self._fates.copy()
        hashed.update(b"%d\0%b" % (attempt, _bytes(asked)))
        reply, usage, answer, latency = map(_unit, unpack("<4Q", hashed.digest()))
        return Fate(
            self._reply.at(reply),
            self._usage.at(usage),
            self._answer.at(answer),
            self._seconds(latency),
        )

    def _seconds(self, drawn: float) -> float:
        match self._latency:
            case float() | int():
                return float(self._latency)
            case distribution:
                return distribution.seconds(drawn)


def _certain(behaviour: Behaviour) -> Fate | None:
    """Everybody's fate, where there is nothing to draw."""
    if any(behaviour.faults.values()):
        return None
    match behaviour.latency:
        case float() | int():
            return Fate(latency=float(behaviour.latency))
        case _:
            return None


class Shares:
    """Faults of one kind as parts of the way from 0 to 1."""

    def __init__(self, faults: Mapping[Fault, float], kind: Kind) -> None:
        # In the order of the enum: the order of a mapping is nobody's wish.
        given = [fault for fault in Fault if fault.kind is kind and faults.get(fault)]
        self._faults = (*given, None)
        self._edges = list(accumulate(faults[fault] for fault in given))

    def at(self, drawn: float) -> Fault | None:
        """The fault that the number falls on, if any."""
        # Shares of 0.1 ten times add up to a little less than 1.
        return self._faults[bisect_right(self._edges, drawn - 1e-9)]


def prompt_hash(asked: Asked) -> int:
    """64 bits that stand for a prompt, where millions of them are counted."""
    return int.from_bytes(blake2b(_bytes(asked), digest_size=8).digest())


def _bytes(asked: Asked) -> bytes:
    return f"{asked.model}\0{asked.sample}\0{asked.text}".encode()


def _unit(drawn: int) -> float:
    # 53 bits, as many as a float holds: 64 of them could be rounded up to 1.
    return (drawn >> 11) / 2**53
