"""Votes as rows of the ledger, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepladder.ledger.cells import (
    Values,
    json_text,
    readable,
    shares_of,
    storable,
    usage_of,
    usage_text,
    whole,
)
from stepladder.types import (
    CandidateKey,
    Confidence,
    Labelled,
    Outcome,
    Reason,
    Source,
    Unlabelled,
    Usd,
    Vote,
)


def vote_values(number: int, vote: Vote, key: CandidateKey) -> Values:
    """The row of the table `vote`."""
    outcome = vote.outcome
    failure = outcome if isinstance(outcome, Unlabelled) else None
    confidence = vote.confidence
    return (
        number,
        key.id,
        key.question,
        vote.annotator,
        vote.key,
        vote.label,
        failure.reason.value if failure else None,
        storable(failure.detail) if failure else "",
        confidence.source.value,
        json_text(dict(confidence.by_label)) if confidence.by_label else "{}",
        usage_text(vote.usage),
        vote.cost.pico,
        storable(vote.model),
        storable(vote.text),
        vote.variant,
        vote.sample,
        vote.seconds,
    )


def vote_of(row: Mapping[str, Any]) -> Vote:
    """The vote in a row of the table `vote`; raises LedgerError when there is none in it."""
    with readable("vote", row):
        return _vote_of(row)


def _vote_of(row: Mapping[str, Any]) -> Vote:
    return Vote(
        annotator=row["annotator"],
        outcome=_outcome(row),
        confidence=Confidence(Source(row["source"]), shares_of(row["confidence"])),
        usage=usage_of(row["usage"]),
        cost=Usd(whole(row["cost_pico"])),
        model=row["model"],
        text=row["text"],
        variant=row["variant"],
        sample=row["sample"],
        key=row["key"],
        seconds=row["seconds"],
    )


def _outcome(row: Mapping[str, Any]) -> Outcome:
    if row["label"] is not None:
        return Labelled(row["label"])
    return Unlabelled(Reason(row["reason"]), row["detail"])
