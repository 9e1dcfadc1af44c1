"""Votes so far, to what happens next: pure functions of a policy and the votes."""

from stepladder.routing.accepting import Acceptance, accepts
from stepladder.routing.stepping import (
    Abstain,
    Accept,
    Ask,
    Asked,
    Fail,
    NotEnough,
    Step,
    judge,
    next_step,
)

__all__ = [
    "Abstain",
    "Accept",
    "Acceptance",
    "Ask",
    "Asked",
    "Fail",
    "NotEnough",
    "Step",
    "accepts",
    "judge",
    "next_step",
]
