"""Votes and decisions to ledger rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from stepladder.types import (
    CandidateKey,
    Confidence,
    Decision,
    Labelled,
    Outcome,
    Posterior,
    Reason,
    Source,
    Status,
    Unlabelled,
    Usage,
    Usd,
    Vote,
)


def vote_values(vote: Vote, run: str, key: CandidateKey) -> dict[str, Any]:
    """The vote as columns of the table `vote`, without its time."""
    failure = vote.outcome if isinstance(vote.outcome, Unlabelled) else None
    return {
        "run": run,
        "candidate": key.id,
        "question": key.question,
        "annotator": vote.annotator,
        "key": vote.key,
        "label": vote.label,
        "reason": failure.reason.value if failure else None,
        "detail": storable(failure.detail) if failure else "",
        "source": vote.confidence.source.value,
        "confidence": _json(dict(vote.confidence.by_label)),
        "usage": _usage(vote.usage),
        "cost_pico": vote.cost.pico,
        "model": vote.model,
        "text": storable(vote.text),
        "variant": vote.variant,
        "sample": vote.sample,
        "seconds": vote.seconds,
    }


def vote_of(row: Mapping[str, Any]) -> Vote:
    """The vote in a row of the table `vote`."""
    return Vote(
        annotator=row["annotator"],
        outcome=_outcome(row),
        confidence=Confidence(Source(row["source"]), orjson.loads(row["confidence"])),
        usage=Usage(*orjson.loads(row["usage"])),
        cost=Usd(row["cost_pico"]),
        model=row["model"],
        text=row["text"],
        variant=row["variant"],
        sample=row["sample"],
        key=row["key"],
        seconds=row["seconds"],
    )


def decision_values(decision: Decision, run: str, basis: str) -> dict[str, Any]:
    """The decision as columns of the table `decision`, without its time."""
    posterior = decision.posterior
    return {
        "run": run,
        "candidate": decision.key.id,
        "question": decision.key.question,
        "basis": basis,
        "status": decision.status.value,
        "label": decision.label,
        "probability": decision.probability,
        "posterior": _json(dict(posterior.by_label())) if posterior else None,
        "calibrated": decision.calibrated,
        "route": _json(decision.route),
        "cost_pico": decision.cost.pico,
        "usage": _usage(decision.usage),
        "reason": storable(decision.reason),
    }


def decision_of(row: Mapping[str, Any]) -> Decision:
    """The decision in a row of the table `decision`."""
    shares = orjson.loads(row["posterior"]) if row["posterior"] else None
    return Decision(
        key=CandidateKey(row["candidate"], row["question"]),
        status=Status(row["status"]),
        label=row["label"],
        probability=row["probability"],
        posterior=Posterior(tuple(shares), tuple(shares.values())) if shares else None,
        calibrated=bool(row["calibrated"]),
        route=tuple(orjson.loads(row["route"])),
        cost=Usd(row["cost_pico"]),
        usage=Usage(*orjson.loads(row["usage"])),
        reason=row["reason"],
    )


def storable(text: str) -> str:
    """The text with half characters, which UTF-8 cannot hold, replaced by question marks."""
    return text.encode(errors="replace").decode()


def _outcome(row: Mapping[str, Any]) -> Outcome:
    if row["label"] is not None:
        return Labelled(row["label"])
    return Unlabelled(Reason(row["reason"]), row["detail"])


def _usage(usage: Usage) -> str:
    # By hand: `astuple` copies deeply, at twenty times the price.
    return _json(
        (
            usage.input,
            usage.cached_input,
            usage.cache_write,
            usage.output,
            usage.reasoning,
            usage.requests,
        )
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
