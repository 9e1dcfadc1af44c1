"""Entries to ledger rows and back.

Going in, a row is a tuple in the order of its table's columns, without its time: building
a dictionary per row would cost as much as writing it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import orjson

from stepladder.errors import LedgerError
from stepladder.ledger.entries import Intent, Settlement
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

Values = tuple[Any, ...]
"""A row's values in the order of its table's columns, without its time."""


def reservation_values(number: int, key: CandidateKey, usd: Usd, wages: Usd) -> Values:
    """The row of the table `reservation`."""
    return (number, key.id, key.question, usd.pico, wages.pico)


def intent_values(number: int, intent: Intent) -> Values:
    """The row of the table `attempt`."""
    return (
        number,
        intent.reservation,
        intent.key.id,
        intent.key.question,
        intent.annotator,
        intent.vote_key,
        intent.wage,
        intent.quote.pico,
        intent.price,
    )


def settlement_values(settlement: Settlement) -> Values:
    """The row of the table `settlement`."""
    used = settlement.usage
    return (
        settlement.attempt,
        settlement.wage,
        settlement.outcome,
        settlement.cost.pico,
        used.input,
        used.cached_input,
        used.cache_write,
        used.output,
        used.reasoning,
        settlement.seconds,
        storable(settlement.detail),
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
        _json(dict(confidence.by_label)) if confidence.by_label else "{}",
        _usage(vote.usage),
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


@contextmanager
def readable(table: str, row: Mapping[str, Any]) -> Iterator[None]:
    """Turns whatever is wrong with a row into a LedgerError that names its candidate."""
    try:
        yield
    except (ValueError, TypeError, AttributeError) as problem:
        raise LedgerError(
            f"the ledger's {table} about candidate {row['candidate']!r} cannot be read: {problem}; "
            "something else than stepladder wrote it, name another --ledger"
        ) from None


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


def decision_values(number: int, decision: Decision, basis: str) -> Values:
    """The row of the table `decision`."""
    posterior = decision.posterior
    return (
        number,
        decision.key.id,
        decision.key.question,
        basis,
        decision.status.value,
        decision.label,
        decision.probability,
        _json(posterior.by_label()) if posterior else None,
        decision.calibrated,
        _route(decision.route),
        decision.cost.pico,
        _usage(decision.usage),
        storable(decision.reason),
    )


def decision_of(row: Mapping[str, Any]) -> Decision:
    """The decision in a row of the table `decision`; raises LedgerError as `vote_of`."""
    with readable("decision", row):
        return _decision_of(row)


def _decision_of(row: Mapping[str, Any]) -> Decision:
    shares = shares_of(row["posterior"]) if row["posterior"] else None
    return Decision(
        key=CandidateKey(row["candidate"], row["question"]),
        status=Status(row["status"]),
        label=row["label"],
        probability=row["probability"],
        posterior=Posterior(tuple(shares), tuple(shares.values())) if shares else None,
        calibrated=bool(row["calibrated"]),
        route=route_of(row["route"]),
        cost=Usd(whole(row["cost_pico"])),
        usage=usage_of(row["usage"]),
        reason=row["reason"],
    )


def usage_of(text: str) -> Usage:
    """Tokens by kind out of JSON; raises ValueError or TypeError for anything else."""
    return Usage(*map(whole, orjson.loads(text)))


def whole(number: Any) -> int:
    """The number itself, if it is a whole one; raises ValueError."""
    if type(number) is not int:
        raise ValueError(f"{str(number)[:80]!r} is no whole number")
    return number


def shares_of(text: str) -> dict[str, float]:
    """Numbers by label out of JSON; raises ValueError or TypeError for anything else."""
    return {label: float(share) for label, share in orjson.loads(text).items()}


def route_of(text: str) -> tuple[str, ...]:
    """Names of tiers out of JSON; raises ValueError or TypeError for anything else."""
    return tuple(map(str, orjson.loads(text)))


def storable(text: str) -> str:
    """The text with what a database cannot hold replaced by question marks.

    That is half characters, which UTF-8 has no bytes for, and the null character,
    which PostgreSQL refuses.
    """
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "?").encode(errors="replace").decode()


def _outcome(row: Mapping[str, Any]) -> Outcome:
    if row["label"] is not None:
        return Labelled(row["label"])
    return Unlabelled(Reason(row["reason"]), row["detail"])


def _usage(usage: Usage) -> str:
    # By hand: `astuple` copies deeply, at twenty times the price.
    return (
        f"[{usage.input},{usage.cached_input},{usage.cache_write},"
        f"{usage.output},{usage.reasoning},{usage.requests}]"
    )


@lru_cache(maxsize=1024)
def _route(route: tuple[str, ...]) -> str:
    return _json(route)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
