"""Who is asked, and which of several times: what a quote, an attempt and a stored vote are of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from stepladder.policy import Policy
from stepladder.policy.asking import draws_of
from stepladder.task import Task
from stepladder.types import FIRST, Draw, Vote


class Call(NamedTuple):
    """One question to one annotator about some candidate; its retries are the same call."""

    annotator: str
    """By name."""
    draw: Draw = FIRST
    """One vote may be made of several."""

    @classmethod
    def of(cls, vote: Vote) -> Call:
        """The call that a stored vote answered."""
        return cls(vote.annotator, Draw(vote.variant, vote.sample))


Calls = Mapping[str, tuple[Call, ...]]
"""The calls that one vote takes, by annotator."""


def calls_of(policy: Policy, task: Task) -> Calls:
    """Of everybody on the ladder; raises PolicyError where the task has too few variants."""
    asked = dict.fromkeys(name for tier in policy.tiers for name in tier.ask)
    return {name: tuple(Call(name, d) for d in draws_of(policy, task, name)) for name in asked}
