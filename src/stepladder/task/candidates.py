"""Candidates out of a table, each row checked before anything is paid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unicodedata import category

from stepladder.errors import TableError
from stepladder.nearest import did_you_mean
from stepladder.tables import Row, read_rows
from stepladder.task.schema import Task
from stepladder.task.template import template_columns
from stepladder.types import SINGLE_QUESTION, Candidate, CandidateKey

YES = frozenset({"yes", "true", "1"})
NO = frozenset({"no", "false", "0", ""})
MISSING = "nan"
"""What an exported missing value looks like in a column that must hold text."""


def read_candidates(path: Path, task: Task) -> Iterator[Candidate]:
    """The candidates of a file; raises TableError naming file, line and column.

    Checked: the columns that the task names, texts that are empty or missing,
    ids that come twice for one question, gold outside the labels.
    """
    lines: dict[CandidateKey, int] = {}
    for number, row in enumerate(read_rows(path), start=1):
        where = f"{path}:{row.line}"
        _check_columns(row, task, where)
        candidate = _candidate(row, task, number, where)
        before = lines.setdefault(candidate.key, row.line)
        if before != row.line:
            raise TableError(
                f"{where}: id {candidate.id!r} stands in line {before} already; ids must be unique"
                f"{' for each question' if task.columns.question else ''}"
            )
        yield candidate


def _check_columns(row: Row, task: Task, where: str) -> None:
    named = {"text": template_columns(task.text)}
    named |= {f"columns.{k}": (v,) for k, v in task.columns if v is not None}
    for setting, columns in named.items():
        for column in columns:
            if column not in row.values:
                raise TableError(
                    f"{where}: no column {column!r}, which the task's {setting} names; "
                    f"{did_you_mean(column, row.values)}"
                )


def _candidate(row: Row, task: Task, number: int, where: str) -> Candidate:
    values, columns = row.values, task.columns
    for column in template_columns(task.text):
        if _is_blank(values[column]):
            raise TableError(f"{where}: column {column!r} is empty; fill it or drop the row")
    return Candidate(
        id=_id(row, task, where) if columns.id else str(number),
        columns=values,
        question=_question(row, task, where),
        group=values[columns.group].strip() if columns.group else "",
        gold=_gold(row, task, where),
        local_only=_local_only(row, task, where),
    )


def _is_blank(text: str) -> bool:
    """Whether nothing can be seen: also null bytes and direction marks alone."""
    seen = any(sign.isprintable() and not sign.isspace() for sign in text)
    return not seen or text.strip().casefold() == MISSING


def _id(row: Row, task: Task, where: str) -> str:
    column = task.columns.id or ""
    identity = row.values[column].strip()
    if not identity:
        raise TableError(f"{where}: column {column!r} is empty; every row needs an id")
    if any(category(sign) == "Cc" for sign in identity):
        raise TableError(
            f"{where}: id {identity!r} holds a line break or another control character; remove it"
        )
    return identity


def _question(row: Row, task: Task, where: str) -> str:
    if task.columns.question is None:
        return SINGLE_QUESTION
    question = row.values[task.columns.question].strip()
    if not question:
        raise TableError(f"{where}: column {task.columns.question!r} is empty; name the question")
    return question


def _gold(row: Row, task: Task, where: str) -> str | None:
    gold = row.values[task.columns.gold].strip() if task.columns.gold else ""
    if not gold:
        return None
    if gold not in task.labels:
        raise TableError(
            f"{where}: gold {gold!r} is not a label of the task; {did_you_mean(gold, task.labels)}"
        )
    return gold


def _local_only(row: Row, task: Task, where: str) -> bool:
    if task.columns.local_only is None:
        return False
    value = row.values[task.columns.local_only].strip().casefold()
    if value not in YES | NO:
        raise TableError(
            f"{where}: column {task.columns.local_only!r} says {value!r}; write yes or no"
        )
    return value in YES
