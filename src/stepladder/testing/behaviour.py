"""How a fake provider behaves, and what it does with one request: pure, from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import blake2b

import orjson


class Billing(StrEnum):
    """What the usage in its answers says."""

    TRUE = "true"
    """What was charged."""
    MISSING = "missing"
    """Nothing: no usage at all."""
    ZERO = "zero"
    """Zero tokens of every kind, whatever was charged."""
    ABSURD = "absurd"
    """A thousand times the answer's length, and that is charged too."""


class Fault(StrEnum):
    """What may become of a request instead of an answer."""

    RATE_LIMITED = "rate_limited"
    FAILING = "failing"
    HANGING = "hanging"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything that decides what the provider does; the shares add up to at most 1."""

    labels: tuple[str, ...]
    """The answers it chooses from."""
    seed: int = 0
    """Another seed, other answers and other faults."""
    script: Mapping[str, str] = field(default_factory=dict)
    """Answers by a substring of the last user message or of the prompt; the last one wins."""
    latency: float = 0.0
    """Seconds before every reply."""
    rate_limited: float = 0.0
    """Share of requests that get a 429."""
    retry_after: float | None = None
    """Seconds in the 429's Retry-After; None for no such header."""
    failing: float = 0.0
    """Share of requests that get a 500."""
    hanging: float = 0.0
    """Share of requests that never get a reply, and are charged."""
    truncated: float = 0.0
    """Share of replies that break off with the connection, and are charged."""
    malformed: float = 0.0
    """Share of replies whose JSON is cut off, and are charged."""
    billing: Billing = Billing.TRUE
    """What the usage says."""

    def __post_init__(self) -> None:
        shares = [getattr(self, fault.value) for fault in Fault]
        if not self.labels:
            raise ValueError("labels: at least one is needed")
        if min(shares) < 0 or sum(shares) > 1 + 1e-9:
            raise ValueError(f"{', '.join(Fault)}: shares from 0 to 1, together at most 1")
        if self.latency < 0:
            raise ValueError("latency: seconds, not less than 0")

    @classmethod
    def from_json(cls, text: str | bytes) -> Behaviour:
        """The behaviour in a JSON object by field name."""
        given = orjson.loads(text)
        labels, billing = tuple(given.pop("labels")), Billing(given.pop("billing", "true"))
        return cls(labels, billing=billing, **given)

    def to_json(self) -> str:
        """The behaviour as JSON."""
        return orjson.dumps(asdict(self)).decode()

    def fault(self, model: str, text: str, attempt: int) -> Fault | None:
        """What goes wrong with the `attempt`-th request about this text, if anything."""
        drawn, edge = _draws(self.seed, "fault", model, text, str(attempt))[0], 0.0
        for fault in Fault:
            edge += getattr(self, fault.value)
            if drawn < edge:
                return fault
        return None

    def answer(self, model: str, text: str) -> Belief:
        """What it answers about this text, the same each time, and how sure it is."""
        chosen, sure = _draws(self.seed, "answer", model, text)
        said = {text.rfind(part): answer for part, answer in self.script.items()}
        at = max(said, default=-1)
        label = said[at] if at >= 0 else self.labels[int(chosen * len(self.labels))]
        return Belief(label, 0.5 + 0.499 * sure)


@dataclass(frozen=True, slots=True)
class Belief:
    """An answer and its probability; the other labels share what is left equally."""

    answer: str
    probability: float


def _draws(seed: int, *parts: str) -> tuple[float, float]:
    """Two numbers from 0 to 1, 1 left out; a fraction of the price of seeding a generator."""
    content = "\0".join((str(seed), *parts)).encode("utf-8", "surrogatepass")
    drawn = blake2b(content, digest_size=16).digest()
    return _unit(drawn[:8]), _unit(drawn[8:])


def _unit(drawn: bytes) -> float:
    # 53 bits, as many as a float holds: 64 of them could be rounded up to 1.
    return (int.from_bytes(drawn) >> 11) / 2**53
