"""`routing.next_step` for many candidates at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepladder.policy import Policy, Tier
from stepladder.routing.many import accepted
from stepladder.simulate.replay import Replay
from stepladder.simulate.rung import Rung
from stepladder.types.arrays import NO_LABEL, Flags, Numbers

NOWHERE = -1
"""In place of a tier's number: none accepted."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of candidates (n)."""

    asked: tuple[Flags, ...]
    """By tier, who was put to it (n)."""
    stop: Numbers
    """The number of the tier that accepted (n); NOWHERE where none did."""
    failed: Flags
    """Which of the others got no label from anybody (n); the rest of them abstained."""

    @property
    def labelled(self) -> Flags:
        """Who got a label (n)."""
        return np.asarray(self.stop != NOWHERE)

    @property
    def abstained(self) -> Flags:
        """Where nobody was sure enough (n)."""
        return ~self.labelled & ~self.failed


def decide(policy: Policy, replay: Replay) -> Outcome:
    """Climb: each tier is put to those whom the tiers below did not accept."""
    stop = np.full(len(replay), NOWHERE, dtype=np.int64)
    failed = np.ones(len(replay), dtype=bool)
    asked = []
    for number, (tier, rung) in enumerate(zip(policy.tiers, replay.rungs, strict=True)):
        here = (stop == NOWHERE) & rung.reachable
        asked.append(here)
        failed &= ~(here & (rung.top != NO_LABEL))
        stop[here & _accepts(policy, tier, rung)] = number
    return Outcome(tuple(asked), stop, failed & (stop == NOWHERE))


def _accepts(policy: Policy, tier: Tier, rung: Rung) -> Flags:
    """As `routing.judge`: a person's word is final, and somebody in the tier has to say a label."""
    if any(policy.is_person(name) for name in tier.ask):
        return rung.named
    return rung.named & accepted(tier, rung)
