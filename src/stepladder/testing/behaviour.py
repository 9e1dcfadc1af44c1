"""How a fake provider behaves: a value, that goes to its process as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from pydantic import ConfigDict, TypeAdapter

from stepladder.testing.faults import Fault, Kind
from stepladder.testing.interruptions import Outage, SlowStart
from stepladder.testing.latency import Latency
from stepladder.testing.limits import Limits
from stepladder.testing.recording import Recording


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything that decides what the provider does."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    labels: tuple[str, ...]
    """The answers it chooses from, and the alternatives of its token probabilities."""
    seed: int = 0
    """Another seed, other answers, other faults and other latencies."""
    script: Mapping[str, str] = field(default_factory=dict)
    """Answers by a substring of the last user message or of the prompt; of several, the last
    in the text wins. Goes before the recording."""
    recording: Recording | None = None
    """Answers of a past run, the request's `model` being the recording's annotator."""
    faults: Mapping[Fault, float] = field(default_factory=dict)
    """Share of the requests that meet each fault; at most 1 together for each kind of fault."""
    retry_after: float | None = None
    """Seconds in the Retry-After of RATE_LIMITED, UNAVAILABLE and OVERLOADED; None for none."""
    latency: Latency = 0.0
    """Seconds before every reply, or a distribution of them."""
    limits: Limits | None = None
    """Requests and tokens allowed per minute."""
    slow_start: SlowStart | None = None
    """What it is like just after its start."""
    outage: Outage | None = None
    """A time when it is gone."""
    cached: float = 0.0
    """Share of the prompt's tokens that it reads from its cache, rounded down."""
    reasoning: int = 0
    """Tokens of hidden reasoning before each answer; they count towards the cap."""
    keep_purchases: bool = False
    """Whether it remembers every prompt that it charged for."""

    def __post_init__(self) -> None:
        if not self.labels:
            raise ValueError("labels: at least one is needed")
        if isinstance(self.latency, float | int) and not self.latency >= 0:
            raise ValueError("latency: seconds, not less than 0")
        if not (0 <= self.cached <= 1 and self.reasoning >= 0):
            raise ValueError("cached: a share from 0 to 1; reasoning: tokens, not less than 0")
        self._check_shares()

    def _check_shares(self) -> None:
        for kind in Kind:
            shares = [share for fault, share in self.faults.items() if fault.kind is kind]
            if shares and not (min(shares) >= 0 and sum(shares) <= 1 + 1e-9):
                raise ValueError(
                    f"faults: shares from 0 to 1, those about the {kind} together at most 1"
                )

    @classmethod
    def from_json(cls, text: str | bytes) -> Behaviour:
        """The behaviour in a JSON object by field name; raises ValueError for anything else."""
        return _adapter().validate_json(text)

    def to_json(self) -> bytes:
        """The behaviour as JSON."""
        return _adapter().dump_json(self)


@cache
def _adapter() -> TypeAdapter[Behaviour]:
    return TypeAdapter(Behaviour)
