"""How far votes became probabilities, as JSON."""

from __future__ import annotations

from typing import Any

from stepladder.cli.wordings import wording_figures
from stepladder.engine.trust import Pooling, Shared, Trust, Trusted


def trust_figures(trusted: Trusted) -> dict[str, Any]:
    """The fit's version, every annotator's calibrator, and how votes are pooled."""
    return {
        "version": trusted.version,
        "calibrated": trusted.calibrated,
        "gold_rows": trusted.rows,
        "labels_without_gold": list(trusted.unseen),
        "annotators": [_trust(one) for one in trusted.annotators],
        "pools": [_pooling(one) for one in trusted.pools],
        "shared": None if trusted.shared is None else _shared(trusted.shared),
        "other_meanings": [
            {"annotator": one.annotator, **wording_figures(one.change)} for one in trusted.reworded
        ],
    }


def _trust(trust: Trust) -> dict[str, Any]:
    return {
        "name": trust.annotator,
        "source": trust.source.value,
        "calibrator": trust.calibrator.value,
        "by_question": trust.by_question,
        "gold_rows": trust.rows,
        "uncalibrated_because": None if trust.untrusted is None else trust.untrusted.value,
    }


def _shared(shared: Shared) -> dict[str, Any]:
    return {
        "factor": shared.factor,
        "question_weight": shared.question,
        "text_weight": shared.text,
    }


def _pooling(pooling: Pooling) -> dict[str, Any]:
    pool = pooling.pool
    return {
        "annotators": list(pooling.annotators),
        "weights": dict(pool.weights),
        "question_weight": pool.question,
        "text_weight": pool.text,
        "text_tried": pooling.text_tried,
        "tried": [{"way": one.way, "log_loss": one.loss, "share": one.share} for one in pool.tried],
    }
