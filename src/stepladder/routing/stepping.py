"""The next step for a candidate, given what each tier answered so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepladder.policy import Policy
from stepladder.routing.accepting import NOBODY, accepts, delivered
from stepladder.types import CandidateKey, Posterior, Unlabelled, Vote

LONGEST = 160
"""Characters of what an annotator said instead of a label."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A tier that was asked: its number on the ladder and the votes it gave."""

    tier: int
    votes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask this tier next."""

    tier: int


@dataclass(frozen=True, slots=True)
class Accept:
    """The label is good enough."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Abstain:
    """Nobody is left to ask, and the votes are not good enough."""

    reason: str


@dataclass(frozen=True, slots=True)
class Fail:
    """Nobody is left to ask, and no vote carries a label."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotEnough:
    """The tier asked last does not accept."""

    reason: str


Step = Ask | Accept | Abstain | Fail


def next_step(
    policy: Policy,
    reachable: Sequence[int],
    asked: Sequence[Asked],
    posterior: Posterior | None,
    key: CandidateKey = NOBODY,
) -> Step:
    """What to do next; `reachable` are the tiers that may see the candidate, cheapest first.

    Its key decides where rules accept a share of those that are alike.
    """
    verdict = judge(policy, asked, posterior, key) if asked else NotEnough("nobody may see it")
    if isinstance(verdict, Accept):
        return verdict
    climbed = asked[-1].tier if asked else -1
    above = [tier for tier in reachable if tier > climbed]
    if above:
        return Ask(above[0])
    return Abstain(verdict.reason) if posterior is not None else Fail(verdict.reason)


def judge(
    policy: Policy,
    asked: Sequence[Asked],
    posterior: Posterior | None,
    key: CandidateKey = NOBODY,
) -> Accept | NotEnough:
    """Acceptance by the tier asked last, or why it does not accept."""
    last = asked[-1]
    tier = policy.tiers[last.tier]
    if any(policy.is_person(name) for name in tier.ask):
        said = [vote.label for vote in last.votes if vote.label is not None]
        return Accept(said[0], "a person") if said else NotEnough("the person gave no label")
    if posterior is None or all(vote.label is None for vote in last.votes):
        return NotEnough(f"no label from {tier.name}{_why_none(last.votes)}")
    votes = [vote for one in asked for vote in one.votes]
    label = delivered(policy.deliver, votes, posterior)
    acceptance = accepts(tier, votes, posterior, key, label)
    if not acceptance.holds:
        return NotEnough(acceptance.reason)
    return Accept(label, acceptance.reason)


def _why_none(votes: Sequence[Vote]) -> str:
    """What the first vote without a label says of why, shortened; empty where it says nothing."""
    said = (vote.outcome.detail for vote in votes if isinstance(vote.outcome, Unlabelled))
    detail = next(said, "")
    return f": {detail[:LONGEST]}" if detail else ""
