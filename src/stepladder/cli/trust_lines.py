"""How far votes became probabilities, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from stepladder.cli.screen import many
from stepladder.cli.wordings import other_meaning
from stepladder.cli.worth import worth_less
from stepladder.confidence.annotator import Untrusted
from stepladder.confidence.combining import Pool
from stepladder.engine.trust import Pooling, Shared, Trust, Trusted
from stepladder.types import Source


def trust_lines(trusted: Trusted, minimum: int) -> Iterator[str]:
    """One line for each annotator and source, then for each set; `minimum` is the gold needed."""
    for trust in trusted.annotators:
        yield f"Calibration of {_who(trust)}: {_calibrated(trust, minimum)}."
    if trusted.annotators and not trusted.calibrated:
        yield "  To calibrate: let `stepladder gold` draw rows to label, then label again."
    for label in trusted.unseen:
        yield f"  No row of gold is {label!r}: votes that name it count as before any gold."
    for pool in trusted.pools:
        yield from _pooled(pool)
    yield from shared_lines(trusted)
    for one in trusted.reworded:
        yield f"Warning: {other_meaning(one.annotator, one.change)}."


def shared_lines(trusted: Trusted) -> Iterator[str]:
    """How sets of annotators without a pool of their own are pooled, where there are any."""
    if trusted.shared is not None:
        extras = _extras(trusted.shared)
        with_extras = f", with {extras}" if extras else ""
        yield f"Any other set of votes: one weight for all{with_extras}."


def _who(trust: Trust) -> str:
    if trust.source is Source.NONE:
        return trust.annotator
    return f"{trust.annotator} ({trust.source.value.replace('_', ' ')})"


def _calibrated(trust: Trust, minimum: int) -> str:
    match trust.untrusted:
        case None:
            own = ", by question" if trust.by_question else ""
            return f"{trust.calibrator}{own} on {many(trust.rows, 'row')} of gold"
        case Untrusted.TOO_FEW:
            less = worth_less(trust.rows, trust.worth)
            why = f"{many(trust.rows, 'row')} of gold answered{less}, {minimum} needed"
        case Untrusted.ONE_GROUP | Untrusted.ONE_LABEL | Untrusted.FEW_GROUPS:
            why = trust.untrusted.value
    return f"uncalibrated, its probabilities are raw ({why})"


def _pooled(pooling: Pooling) -> Iterator[str]:
    pool = pooling.pool
    extras = _extras(pool)
    if len(pooling.annotators) > 1:
        with_extras = f", with {extras}" if extras else ""
        yield f"Pool of {' + '.join(pooling.annotators)}: {_how(pooling)}{with_extras}."
    elif extras:
        yield f"Pool of {pooling.annotators[0]}: its vote, with {extras}."
    if pooling.text_tried and not pool.text:
        yield "  Columns and text were left out: they did not lower the loss on unseen groups."


def _extras(pool: Pool | Shared) -> str:
    """What is listened to beside the votes."""
    terms = {"the question": pool.question, "columns and text": pool.text}
    return " and ".join(name for name, weight in terms.items() if weight)


def _how(pooling: Pooling) -> str:
    """Whoever is listened to, most first."""
    ranked = sorted(pooling.pool.weights.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} weighs {weight:.2f}" for name, weight in ranked)
