"""What a tuning came to, as JSON."""

from __future__ import annotations

from typing import Any

from stepladder.cli.simulate_figures import ASSUMPTION, policy_figures
from stepladder.cli.tune_request import TuneRequest
from stepladder.tune.ladder import Ladder, Rung
from stepladder.tune.tuned import Chosen, Tuned
from stepladder.tune.writing import Written


def tuned_figures(request: TuneRequest, tuned: Tuned, written: Written | None) -> dict[str, Any]:
    """All of it."""
    return {
        "feasible": tuned.chosen is not None,
        "reason": tuned.reason,
        "goal": request.goal,
        "assumption": ASSUMPTION,
        "chosen": None if tuned.chosen is None else _chosen(tuned.chosen),
        "out": None if written is None else str(written.policy),
        "fit": None if written is None or written.fit is None else str(written.fit),
        "frontier": [_rung(rung) for rung in tuned.frontier],
        "considered": list(tuned.considered),
        "left_out": list(tuned.left_out),
        "rows": tuned.rows,
        "groups": tuned.groups,
        "taught": tuned.taught,
        "tested": tuned.tested,
        "rest_groups": tuned.rest_groups,
        "incomplete": tuned.incomplete,
        "seed": request.seed,
    }


def _chosen(chosen: Chosen) -> dict[str, Any]:
    expected = chosen.expected
    return {
        **policy_figures(chosen.measured),
        "measured_on": chosen.measured_on,
        "promised": chosen.promised,
        "method": chosen.method.value if chosen.promised else None,
        "expected": None if expected is None else _rung(expected),
    }


def _rung(rung: Rung) -> dict[str, Any]:
    return {
        "usd_per_candidate": rung.usd,
        "accuracy": 1 - rung.error,
        "error": rung.error,
        "accepted_error": rung.accepted_error,
        "accepted_share": rung.accepted,
        **_ladder(rung.ladder),
    }


def _ladder(ladder: Ladder) -> dict[str, Any]:
    return {
        "tiers": [list(names) for names in ladder.route],
        "rule": ladder.rule.value,
        "thresholds": list(ladder.thresholds),
        "end": ladder.end.value,
        "deliver": ladder.deliver.value,
    }
