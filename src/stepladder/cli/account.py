"""What a ledger knows of one candidate: as JSON, and as tables for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.console import Console

from stepladder.cli.screen import table
from stepladder.ledger import Explained
from stepladder.ledger.cells import readable, route_of, shares_of, usage_of, whole
from stepladder.types import Draw, Usd

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


def _instant(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def print_account(console: Console, explained: Explained) -> None:
    """Attempts, votes and decisions, each in their order."""
    account, key = account_of(explained), explained.key
    console.print(f"Candidate {key.id}, question {key.question}: {account['usd']} USD in all")
    _print(console, "Attempts", ATTEMPT, account["attempts"])
    _print(console, "Votes", VOTE, account["votes"])
    _print(console, "Decisions", DECISION, account["decisions"])


Cell = Callable[[Row], str]
ATTEMPT: Mapping[str, Cell] = {
    "at": lambda row: row["at"],
    "annotator": lambda row: row["annotator"],
    "outcome": lambda row: ": ".join(filter(None, (row["outcome"], row["detail"]))),
    "tokens": lambda row: f"{sum(row['tokens'].values()):,}",
    "quote USD": lambda row: row["quote_usd"],
    "USD": lambda row: row["usd"] or "",
    "seconds": lambda row: f"{row['seconds']:.2f}",
    "price": lambda row: row["price"],
}
VOTE: Mapping[str, Cell] = {
    "at": lambda row: row["at"],
    "annotator": lambda row: row["annotator"],
    "draw": lambda row: Draw(row["variant"], row["sample"]).shown,
    "label": lambda row: row["label"] or f"none ({row['reason']}: {row['detail']})",
    "said": lambda row: row["text"],
    "raw confidence": lambda row: _shares(row["confidence"]),
    "source": lambda row: row["confidence_source"],
    "model": lambda row: row["model"],
    "USD": lambda row: row["usd"],
}
DECISION: Mapping[str, Cell] = {
    "at": lambda row: row["at"],
    "status": lambda row: row["status"],
    "label": lambda row: row["label"] or "",
    "probability": lambda row: _number(row["probability"]),
    "posterior": lambda row: _shares(row["posterior"] or {}),
    "calibrated": lambda row: "yes" if row["calibrated"] else "no",
    "route": lambda row: " > ".join(row["route"]),
    "USD": lambda row: row["usd"],
    "reason": lambda row: row["reason"],
}
NUMBERS = frozenset({"tokens", "quote USD", "USD", "seconds", "probability"})


def _print(console: Console, title: str, cells: Mapping[str, Cell], rows: Iterable[Row]) -> None:
    grid = table(*cells, numbers=NUMBERS, title=title)
    for row in rows:
        grid.add_row(*(cell(row) for cell in cells.values()))
    console.print(grid)


def _shares(by_label: Mapping[str, float]) -> str:
    return ", ".join(f"{label} {share:.3f}" for label, share in by_label.items())


def _number(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.3f}"
