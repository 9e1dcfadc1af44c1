"""What a fake provider was asked, and what it charged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts since the provider started."""

    requests: int = 0
    """Requests for an answer that arrived, refused ones included."""
    answered: int = 0
    """Whole answers that were sent."""
    prompt_tokens: int = 0
    """Charged for prompts, also where no answer arrived or the usage says otherwise."""
    completion_tokens: int = 0
    """Charged for answers and reasoning, in the same way."""
    at_once: int = 0
    """Most requests in flight at the same time."""
    refused: int = 0
    """Requests over the limits."""
    faults: Mapping[str, int] = field(default_factory=dict)
    """Requests that met each fault, in an outage or by their share."""
    seconds: float = 0.0
    """From the first request to the last."""
