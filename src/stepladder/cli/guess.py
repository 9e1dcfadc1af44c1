"""Which column of a file is what, going by names and contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from stepladder.tables import Row, read_rows

LOOKED_AT = 10_000
"""Rows that a guess is based on."""
MOST_LABELS = 30
"""A column with more different values holds no labels."""
GOLD = ("gold", "label", "class", "category", "target", "sentiment", "annotation", "y")
GROUP = ("group", "document", "doc", "author", "user", "thread", "conversation")
QUESTION = ("question", "aspect")
LOCAL_ONLY = ("local_only", "private")


@dataclass(frozen=True, slots=True)
class Guess:
    """What the columns seem to be; None where no column seems to be it."""

    text: str
    id: str | None
    gold: str | None
    group: str | None
    question: str | None
    local_only: str | None
    labels: tuple[str, ...]
    """The gold column's values, sorted."""
    first_id: str
    """Of the first candidate."""
    first_question: str


def guess(path: Path) -> Guess:
    """Look at a file's rows; raises TableError when it cannot be read."""
    rows = list(islice(read_rows(path), LOOKED_AT))
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    text = max(names, key=lambda name: sum(len(value) for value in _values(rows, name)))
    others = [name for name in names if name != text]
    question, gold = _named(others, QUESTION), _gold(others, rows)
    identity = _id([name for name in others if name not in (gold, question)], rows)
    return Guess(
        text=text,
        id=identity,
        gold=gold,
        group=_named([name for name in others if name != identity], GROUP),
        question=question,
        local_only=_named(others, LOCAL_ONLY),
        labels=_labels(gold, rows) if gold else (),
        first_id=rows[0].values[identity].strip() if identity else "1",
        first_question=rows[0].values.get(question or "", ""),
    )


def _values(rows: Iterable[Row], name: str) -> list[str]:
    return [row.values.get(name, "") for row in rows]


def _named(names: Iterable[str], wanted: Sequence[str]) -> str | None:
    """The column whose name is among the wanted, perhaps with '_id' behind it."""
    folded = {name.casefold().removesuffix("_id"): name for name in names}
    return next((folded[name] for name in wanted if name in folded), None)


def _gold(names: Sequence[str], rows: Sequence[Row]) -> str | None:
    column = _named([name for name in names if not name.casefold().endswith("_id")], GOLD)
    if column is None:
        return None
    return column if 2 <= len(_labels(column, rows)) <= MOST_LABELS else None


def _labels(column: str, rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(sorted({value.strip() for value in _values(rows, column)} - {""}))


def _id(names: Sequence[str], rows: Sequence[Row]) -> str | None:
    """The first column of unique values, one named id before all others."""
    unique = [name for name in names if _is_unique(_values(rows, name))]
    best = [name for name in unique if name.casefold().removesuffix("_id") in ("id", "")]
    ids = [name for name in unique if name.casefold().endswith("id")]
    return next(iter([*best, *ids, *unique]), None)


def _is_unique(values: Sequence[str]) -> bool:
    stripped = {value.strip() for value in values}
    return len(stripped) == len(values) and "" not in stripped
