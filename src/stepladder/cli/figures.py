"""The figures of a run as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from stepladder.cli.trust_figures import trust_figures
from stepladder.engine.payroll import Alone
from stepladder.engine.progress import TierFigures
from stepladder.engine.summary import Accuracy, Summary
from stepladder.types import Usage


def figures(summary: Summary) -> dict[str, Any]:
    """All of a summary; USD as plain digits in a string, exact."""
    spend = summary.spend
    return {
        "run": summary.run,
        "candidates": summary.candidates,
        "done": summary.done,
        "statuses": {status.value: count for status, count in summary.statuses.items()},
        "calibration": _tier(summary.calibration),
        "tiers": [_tier(tier) for tier in summary.tiers],
        "confidence": None if summary.trusted is None else trust_figures(summary.trusted),
        "accuracy": {
            "labels": _accuracy(summary.labels),
            "machine_labels": _accuracy(summary.machine_labels),
            "same_share_at_random": summary.at_random,
            "undecided": summary.undecided,
            "gold_groups": summary.gold.groups,
        },
        "spend": {
            "usd": spend.usd.plain,
            "wages": spend.wages.plain,
            "total": spend.total.plain,
            "budget": spend.budget.plain,
            "wages_budget": spend.wages_budget.plain,
        },
        "dearest_alone": _alone(summary.dearest),
    }


def tokens(usage: Usage) -> dict[str, int]:
    """Tokens by kind and in all."""
    return {**asdict(usage), "total": usage.tokens}


def _tier(tier: TierFigures) -> dict[str, Any]:
    return {
        "name": tier.name,
        "asked": tier.asked,
        "accepted": tier.accepted,
        "escalated": tier.escalated,
        "tokens": tokens(tier.usage),
        "usd": tier.cost.plain,
        "seconds": round(tier.seconds, 3),
    }


def _accuracy(accuracy: Accuracy | None) -> dict[str, Any] | None:
    if accuracy is None:
        return None
    interval, weighed = accuracy.interval, accuracy.weighed
    return {
        "right": accuracy.right,
        "of": accuracy.total,
        "share": accuracy.share,
        "low": interval.low,
        "high": interval.high,
        **({} if weighed is None else {"effective": weighed.effective}),
    }


def _alone(alone: Alone | None) -> dict[str, Any] | None:
    if alone is None:
        return None
    return {"annotator": alone.annotator, "usd": alone.cost.plain, "measured_on": alone.votes}
