"""What a ledger knows of one candidate, as tables for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from rich.console import Console

from stepladder.cli.account import Row, account_of
from stepladder.cli.screen import table
from stepladder.ledger import Explained
from stepladder.types import Draw


def print_account(console: Console, explained: Explained) -> None:
    """Attempts, votes and decisions, and gold if it was drawn for that, each in their order."""
    account, key = account_of(explained), explained.key
    console.print(f"Candidate {key.id}, question {key.question}: {account['usd']} USD in all")
    _print(console, "Attempts", ATTEMPT, account["attempts"])
    _print(console, "Votes", VOTE, account["votes"])
    _print(console, "Decisions", DECISION, account["decisions"])
    if account["gold"]:
        _print(console, "Gold", GOLD, account["gold"])


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
GOLD: Mapping[str, Cell] = {
    "at": lambda row: row["at"],
    "label": lambda row: row["label"] or "none yet",
    "by": lambda row: row["origin"],
    "chance to be drawn": lambda row: _number(row["probability_drawn"]),
}
NUMBERS = frozenset({"chance to be drawn", "tokens", "quote USD", "USD", "seconds", "probability"})


def _print(console: Console, title: str, cells: Mapping[str, Cell], rows: Iterable[Row]) -> None:
    grid = table(*cells, numbers=NUMBERS, title=title)
    for row in rows:
        grid.add_row(*(cell(row) for cell in cells.values()))
    console.print(grid)


def _shares(by_label: Mapping[str, float]) -> str:
    return ", ".join(f"{label} {share:.3f}" for label, share in by_label.items())


def _number(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.3f}"
