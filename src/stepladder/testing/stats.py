"""What a fake provider was asked, and what it charged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Stats:
    """Counts since the provider started."""

    requests: int = 0
    """Requests for an answer that arrived, refused ones included."""
    answered: int = 0
    """Whole answers that were sent."""
    prompt_tokens: int = 0
    """Charged for prompts, also where no answer arrived or the usage says otherwise."""
    completion_tokens: int = 0
    """Charged for answers, in the same way."""
    at_once: int = 0
    """Most requests in flight at the same time."""
