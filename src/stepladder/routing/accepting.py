"""Whether a tier's accept rules hold for the votes so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepladder.policy import Accept, Tier
from stepladder.types import Posterior, Vote

SLACK = 1e-9
"""A probability of 0.8999999999 reaches a threshold of 0.9."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether the votes suffice, and why in a few words."""

    holds: bool
    reason: str


def accepts(tier: Tier, votes: Sequence[Vote], posterior: Posterior) -> Acceptance:
    """Judge the votes so far by the tier's rules: any of its tables, all of a table's conditions.

    A tier without rules accepts any label.
    """
    if not tier.accept:
        return Acceptance(holds=True, reason="any label")
    unmet: list[str] = []
    for rule in tier.accept:
        missing = _unmet(rule, votes, posterior)
        if not missing:
            return Acceptance(holds=True, reason=rule.described)
        unmet += missing
    return Acceptance(holds=False, reason=", ".join(dict.fromkeys(unmet)))


def _unmet(rule: Accept, votes: Sequence[Vote], posterior: Posterior) -> list[str]:
    """The rule's conditions that do not hold."""
    missing = []
    if rule.probability is not None and posterior.probability < float(rule.probability) - SLACK:
        missing.append(f"probability {posterior.probability:.3f} < {rule.probability}")
    if rule.margin is not None and posterior.margin < float(rule.margin) - SLACK:
        missing.append(f"margin {posterior.margin:.3f} < {rule.margin}")
    if rule.entropy is not None and posterior.entropy > float(rule.entropy) + SLACK:
        missing.append(f"entropy {posterior.entropy:.3f} > {rule.entropy}")
    if rule.agree is not None:
        # A tier may ask again whom a lower one asked: that is still one who agrees.
        agreeing = len({vote.annotator for vote in votes if vote.label == posterior.top})
        if agreeing < rule.agree:
            missing.append(f"{agreeing} agree < {rule.agree}")
    return missing
