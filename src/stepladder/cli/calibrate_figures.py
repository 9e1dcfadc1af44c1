"""A calibration by hand as JSON."""

from __future__ import annotations

from typing import Any

from stepladder.cli.calibrate_request import CalibrateRequest
from stepladder.cli.calibration import Calibration
from stepladder.cli.trust_figures import trust_figures
from stepladder.confidence.comparison import Compared
from stepladder.confidence.figures import Figures
from stepladder.confidence.source_figures import SourceFigures, Told
from stepladder.ledger import masked
from stepladder.ledger.fit_versions import FitVersion


def calibration_figures(
    found: Calibration, request: CalibrateRequest, *, drawn: bool
) -> dict[str, Any]:
    """Everything; figures are held out, so that no fit has seen the rows that judge it.

    `drawn` is whether there is anything to draw where diagrams are wanted.
    """
    examined, trusted = found.examined, trust_figures(found.trusted)
    return {
        "task": found.task,
        "policy": found.policy,
        "run": found.run,
        "ledger": masked(request.ledger_url),
        "plot": str(request.plot) if drawn and request.plot is not None else None,
        "stopped": False,
        "gold": found.gold,
        "calibration_rows": found.rows,
        "minimum": found.minimum,
        "all_gold": request.all_gold,
        "fit": _version(found.version),
        "other_fits": [_version(one) for one in found.versions if one != found.version],
        "not_judged_because": None if examined.problem is None else examined.problem.value,
        "labels_without_gold": list(examined.fit.unseen),
        "annotators": [_source(one, found) for one in examined.sources],
        "pools": [_pool(one, found) for one in trusted["pools"]],
        "shared": trusted["shared"],
        "other_meanings": trusted["other_meanings"],
        "comparison": [_compared(one) for one in examined.comparison],
        "spend": {"usd": found.spent.plain, "budget": found.budget.plain},
    }


def _version(version: FitVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "key": version.key,
        "rows": version.rows,
        "at": version.at.isoformat(),
    }


def _source(source: SourceFigures, found: Calibration) -> dict[str, Any]:
    fit = found.fit_of(source)
    scaled = fit.sources.get(source.source)
    losses = fit.losses if scaled is None else scaled.losses
    return {
        "annotator": source.annotator,
        "source": source.source.value,
        "correction": found.corrections[source.annotator].value,
        "correction_applied": found.corrected(source),
        "rows": source.rows,
        "unanswered": found.examined.unanswered[source.annotator],
        "calibrator": fit.calibrator_of(source.source).value,
        "uncalibrated_because": None if fit.untrusted is None else fit.untrusted.value,
        "log_losses": {name.value: loss for name, loss in losses.items()},
        **_told(source.all),
        "by_question": {question: _told(told) for question, told in source.by_question.items()},
    }


def _told(told: Told) -> dict[str, Any]:
    return {
        "raw": _figures(told.raw),
        "corrected": _figures(told.corrected),
        "calibrated": _figures(told.calibrated),
    }


def _pool(pool: dict[str, Any], found: Calibration) -> dict[str, Any]:
    return {**pool, "held_out": _figures(found.examined.sets.get(tuple(pool["annotators"])))}


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "name": one.name,
        **(_figures(one.figures) or {}),
        "log_loss_above_pool": {"mean": one.more_log_loss.mean, "error": one.more_log_loss.error},
        "brier_above_pool": {"mean": one.more_brier.mean, "error": one.more_brier.error},
    }


def _figures(figures: Figures | None) -> dict[str, Any] | None:
    if figures is None:
        return None
    found = figures.reliability
    return {
        "rows": figures.rows,
        "log_loss": figures.log_loss,
        "brier": figures.brier,
        "accuracy": figures.accuracy,
        "ece": found.error,
        "ece_by_chance": found.by_chance,
        "ece_debiased": found.debiased,
        "squared_error_debiased": found.squared,
        "bins": [
            {"probability": b.probability, "right": b.right, "rows": b.rows}
            | {"low": b.low, "high": b.high}
            for b in found.bins
        ],
    }
