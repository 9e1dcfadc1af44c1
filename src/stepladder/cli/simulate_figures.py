"""What simulated policies came to, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stepladder.cli.figures import tokens
from stepladder.recording import Recording
from stepladder.simulate import Simulated
from stepladder.simulate.bill import Bill
from stepladder.simulate.figures import TierFigures
from stepladder.simulate.share import Share
from stepladder.simulate.simulation import LeftOut

if TYPE_CHECKING:
    from stepladder.cli.simulate_request import SimulateRequest

ASSUMPTION = "people's labels count as right"


def simulated_figures(
    request: SimulateRequest, recording: Recording, found: Sequence[Simulated]
) -> dict[str, Any]:
    """All of it; USD as numbers by candidate, and exact as plain digits in a string in all."""
    return {
        "recording": str(request.recording),
        "digest": recording.contents.digest,
        "rows": recording.contents.rows,
        "at": request.day.isoformat(),
        "assumption": ASSUMPTION,
        "policies": [policy_figures(one) for one in found],
    }


def policy_figures(found: Simulated) -> dict[str, Any]:
    """One policy at some prices."""
    every = found.candidates
    accuracy = found.accuracy
    return {
        "name": found.name,
        "prices": found.scenario,
        "candidates": every,
        "left_out": _left_out(found.left_out),
        "accuracy": None if accuracy is None else accuracy.value,
        "accuracy_interval": _interval(accuracy),
        "error": None if accuracy is None else 1 - accuracy.value,
        "gold_rows": 0 if accuracy is None else accuracy.total,
        "gold_groups": 0 if accuracy is None else accuracy.groups,
        "accepted_error": _value(found.accepted_error),
        "accepted_error_interval": _interval(found.accepted_error),
        "accepted_share": _part(found.labelled - found.by_people, every),
        "human_share": _part(found.by_people, every),
        "abstained_share": _part(found.abstained, every),
        "failed_share": _part(found.failed, every),
        "calibration_error": None if found.calibration is None else found.calibration.error,
        "calibration_error_debiased": (
            None if found.calibration is None else found.calibration.debiased
        ),
        "usd_per_candidate": found.usd_per_candidate,
        "usd": found.cost.plain,
        "seconds_mean": found.seconds_mean,
        "seconds_95": found.seconds_95,
        "calibration": {"rows": found.calibration_rows, "usd": found.calibration_cost.plain},
        "tiers": [_tier(tier, every) for tier in found.tiers],
    }


def _tier(tier: TierFigures, every: int) -> dict[str, Any]:
    return {
        "name": tier.name,
        "person": tier.person,
        "asked": tier.asked,
        "accepted": tier.accepted,
        "asked_share": _part(tier.asked, every),
        "accepted_share": _part(tier.accepted, every),
        "error": _value(tier.error),
        "error_interval": _interval(tier.error),
        "tokens": tokens(tier.bill.usage),
        "usd": tier.bill.total.plain,
        "usd_by_kind": _by_kind(tier.bill),
    }


def _by_kind(bill: Bill) -> dict[str, str]:
    return {kind: usd.plain for kind, usd in bill.by_kind.items() if usd}


def _left_out(left_out: LeftOut) -> dict[str, int]:
    return {
        "incomplete": left_out.incomplete,
        "seen": left_out.seen,
        "not_left_out_but_alike": left_out.alike,
    }


def _part(count: int, every: int) -> float | None:
    return count / every if every else None


def _value(share: Share | None) -> float | None:
    return None if share is None else share.value


def _interval(share: Share | None) -> list[float] | None:
    return None if share is None else [share.interval.low, share.interval.high]
