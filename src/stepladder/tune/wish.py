"""What a policy is tuned for, and how far the search goes."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.tune.goal import Goal
from stepladder.tune.ladder import End
from stepladder.tune.promise import Promise


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, and how far the search goes."""

    goal: Goal
    promise: Promise | None
    """Tested on gold that nothing else has seen; None for what the search expects."""
    end: End
    tiers: int
    """Of machines, at most."""
    seed: int
    name: str = "tuned"
    """Of the policy."""
