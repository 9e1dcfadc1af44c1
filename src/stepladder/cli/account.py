"""What a ledger knows of one candidate, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stepladder.ledger import Explained
from stepladder.ledger.cells import readable, route_of, shares_of, usage_of, whole
from stepladder.types import Usd

Row = Mapping[str, Any]
TOKENS = ("input", "cached_input", "cache_write", "output", "reasoning")


def account_of(explained: Explained) -> dict[str, Any]:
    """Everything, oldest first; USD as plain digits in a string, exact.

    Raises LedgerError for rows that stepladder cannot have written.
    """
    with readable("account", {"candidate": explained.key.id}):
        return _account_of(explained)


def _account_of(explained: Explained) -> dict[str, Any]:
    return {
        "question": explained.key.question,
        "usd": _spent(explained).plain,
        "attempts": [_attempt(row) for row in explained.attempts],
        "votes": [_vote(row) for row in explained.votes],
        "decisions": [_decision(row) for row in explained.decisions],
        "gold": [_gold(row) for row in explained.gold],
    }


def _spent(explained: Explained) -> Usd:
    return Usd(sum(whole(row["cost_pico"] or 0) for row in explained.attempts))


def _attempt(row: Row) -> dict[str, Any]:
    settled = row["outcome"] is not None
    return {
        "number": row["id"],
        "at": _instant(row["at"]),
        "run": row["run"],
        "annotator": row["annotator"],
        "outcome": row["outcome"] if settled else "under way",
        "detail": row["detail"] or "",
        "price": row["price"],
        "wage": bool(row["wage"]),
        "quote_usd": Usd(row["quote_pico"]).plain,
        "usd": Usd(whole(row["cost_pico"])).plain if settled else None,
        "tokens": {kind: row[kind] or 0 for kind in TOKENS},
        "seconds": row["seconds"] or 0.0,
        "vote_key": row["vote_key"],
    }


def _vote(row: Row) -> dict[str, Any]:
    return {
        "at": _instant(row["at"]),
        "run": row["run"],
        "annotator": row["annotator"],
        "label": row["label"],
        "reason": row["reason"],
        "detail": row["detail"] or "",
        "text": row["text"],
        "confidence_source": row["source"],
        "confidence": shares_of(row["confidence"]),
        "model": row["model"],
        "variant": row["variant"],
        "sample": row["sample"],
        "usd": Usd(whole(row["cost_pico"])).plain,
        "tokens": usage_of(row["usage"]).tokens,
        "seconds": row["seconds"],
        "vote_key": row["key"],
    }


def _decision(row: Row) -> dict[str, Any]:
    return {
        "at": _instant(row["at"]),
        "run": row["run"],
        "status": row["status"],
        "label": row["label"],
        "probability": row["probability"],
        "posterior": shares_of(row["posterior"]) if row["posterior"] else None,
        "calibrated": bool(row["calibrated"]),
        "route": route_of(row["route"]),
        "usd": Usd(whole(row["cost_pico"])).plain,
        "tokens": usage_of(row["usage"]).tokens,
        "reason": row["reason"],
    }


def _gold(row: Row) -> dict[str, Any]:
    return {
        "at": _instant(row["at"]),
        "session": row["run"],
        "label": row["label"],
        "origin": row["origin"],
        "probability_drawn": row["probability"],
    }


def _instant(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
