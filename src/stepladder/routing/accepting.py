"""Whether a tier's accept rules hold for the votes so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepladder.policy import Accept, Tier
from stepladder.routing.conditions import Condition, conditions
from stepladder.types import Posterior, Vote


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

    @property
    def probability(self) -> float:
        return self.posterior.probability

    @property
    def margin(self) -> float:
        return self.posterior.margin

    @property
    def entropy(self) -> float:
        return self.posterior.entropy

    @property
    def agreeing(self) -> float:
        # A tier may ask again whom a lower one asked: that is still one who agrees.
        return len({vote.annotator for vote in self.votes if vote.label == self.posterior.top})


def accepts(tier: Tier, votes: Sequence[Vote], posterior: Posterior) -> Acceptance:
    """Judge the votes so far by the tier's rules: any of its tables, all of a table's conditions.

    A tier without rules accepts any label.
    """
    if not tier.accept:
        return Acceptance(holds=True, reason="any label")
    heard, unmet = _Heard(votes, posterior), list[str]()
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
    sign = ">" if unmet.at_most else "<"
    return f"{unmet.name} {unmet.got:.3f} {sign} {unmet.wanted}"
