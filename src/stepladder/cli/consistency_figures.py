"""How consistent annotators are, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stepladder.audit.contrast import Contrast
from stepladder.audit.steadiness import Steadiness
from stepladder.cli.drift_lines import verdict
from stepladder.cli.figures import tokens
from stepladder.cli.shares import share_figures
from stepladder.cli.wordings import wording_figures
from stepladder.engine.consistency_report import Again, AnnotatorReport
from stepladder.engine.interview import Interview
from stepladder.engine.sampling import Sample


def consistency_figures(
    reports: Sequence[AnnotatorReport], run: Interview, sample: Sample
) -> dict[str, Any]:
    """All figures; USD as plain digits in a string, exact."""
    purse = run.purse
    return {
        "sample": {
            "candidates": len(sample.candidates),
            "groups": sample.groups,
            "gold": sample.gold,
            "of": sample.total,
            "heard": len(run.heard),
        },
        "draws": [{"variant": draw.variant, "sample": draw.sample} for draw in run.questions.draws],
        "annotators": [_annotator(one) for one in reports],
        "spend": {"usd": purse.usd.spent.plain, "budget": purse.limits.usd.plain},
    }


def _annotator(one: AnnotatorReport) -> dict[str, Any]:
    paid = one.paid
    return {
        "annotator": one.name,
        "asked": paid.candidates,
        **_steadiness(one.steadiness),
        "unlabelled": one.unlabelled,
        "errors": one.errors,
        "unpaid": one.unpaid,
        "known": one.known,
        "tokens": tokens(paid.usage),
        "usd": paid.cost.plain,
        "usd_per_candidate": paid.per_candidate.plain,
        "agreement_price": {"wordings": paid.wordings, "usd_per_1000": paid.per_thousand.plain},
        "against": None if one.again is None else _again(one.again),
    }


def _steadiness(found: Steadiness) -> dict[str, Any]:
    return {
        "changed": share_figures(found.changed),
        "agreement": found.agreement,
        "by_kind": [
            {
                "kind": kind.kind,
                "draws": kind.draws,
                "changed": share_figures(kind.changed),
                "per_wording_mean": kind.per_wording_mean,
            }
            for kind in found.by_kind
        ],
        "by_wording": [wording_figures(row) for row in found.by_wording],
        "gold": {
            "right_if_steady": share_figures(found.right_if_steady),
            "right_if_not": share_figures(found.right_if_not),
            "difference": _contrast(found.says_of_error),
        },
    }


def _contrast(found: Contrast | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "difference": found.difference,
        "low": found.interval.low,
        "high": found.interval.high,
        "p": found.p_value,
    }


def _again(again: Again) -> dict[str, Any]:
    drift = again.drift
    return {
        "verdict": verdict(again),
        "found_change": drift.found,
        "noticeable_change": drift.noticeable,
        "changed": share_figures(drift.changed),
        "tolerance": drift.tolerance,
        "p_changed": drift.p_changed,
        "level": drift.level,
        "shifts": [
            {
                "label": shift.label,
                "came": shift.moves.gains,
                "left": shift.moves.losses,
                "p": shift.p_value,
            }
            for shift in drift.shifts
        ],
        "right_before": share_figures(drift.right_before),
        "right_after": share_figures(drift.right_after),
        "p_accuracy": drift.p_accuracy,
        "models_before": dict(again.models_before),
        "models_after": dict(again.models_after),
        "same_question": again.same_question,
        "known": again.known,
    }
