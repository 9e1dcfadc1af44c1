"""Whether a tier's accept rules hold for the votes so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepladder.policy import Accept, Deliver, Tier
from stepladder.routing.conditions import SLACK, Condition, conditions
from stepladder.routing.lot import lot_of
from stepladder.types import CandidateKey, Posterior, Vote


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether the votes suffice, and why in a few words."""

    holds: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one candidate's votes amount to."""

    votes: Sequence[Vote]
    posterior: Posterior
    label: str
    """The one that would be delivered."""
    key: CandidateKey

    @property
    def probability(self) -> float:
        return self.posterior.of(self.label)

    @property
    def margin(self) -> float:
        return self.posterior.lead_of(self.label)

    @property
    def entropy(self) -> float:
        return self.posterior.entropy

    @property
    def agreeing(self) -> float:
        # A tier may ask again whom a lower one asked: that is still one who agrees.
        return len({vote.annotator for vote in self.votes if vote.label == self.label})

    @property
    def lot(self) -> float:
        return lot_of(self.key)


NOBODY = CandidateKey("", "")
"""Whose lot decides where none was given."""


def delivered(deliver: Deliver, votes: Sequence[Vote], posterior: Posterior) -> str:
    """The label that these votes, in the order of the ladder, would deliver."""
    match deliver:
        case Deliver.POOL:
            return posterior.top
        case Deliver.LAST:
            named = (vote.label for vote in reversed(votes) if vote.label is not None)
            return next(named, posterior.top)


def accepts(
    tier: Tier,
    votes: Sequence[Vote],
    posterior: Posterior,
    key: CandidateKey = NOBODY,
    label: str | None = None,
) -> Acceptance:
    """Judge the votes so far by the tier's rules: any of its tables, all of a table's conditions.

    A tier without rules accepts any label. The `label` is the one that would be delivered, by
    default the most probable one. The candidate's key decides ties.
    """
    if not tier.accept:
        return Acceptance(holds=True, reason="any label")
    label = posterior.top if label is None else label
    heard, unmet = _Heard(votes, posterior, label, key), list[str]()
    for rule in tier.accept:
        missing = _unmet(rule, heard)
        if not missing:
            return Acceptance(holds=True, reason=rule.described)
        unmet += missing
    return Acceptance(holds=False, reason=", ".join(dict.fromkeys(unmet)))


def _unmet(rule: Accept, heard: _Heard) -> list[str]:
    """The rule's conditions that do not hold."""
    return [_described(one) for one in conditions(rule, heard) if not one.holds]


def _described(unmet: Condition[float]) -> str:
    if unmet.name == "agree":
        return f"{unmet.got} agree < {unmet.wanted}"
    if unmet.ties < 1.0 and unmet.got >= float(unmet.wanted) - SLACK:
        return f"{unmet.name} is {unmet.wanted}, and its lot below {1.0 - unmet.ties:.3f}"
    sign = ">" if unmet.at_most else "<"
    return f"{unmet.name} {unmet.got:.3f} {sign} {unmet.wanted}"
