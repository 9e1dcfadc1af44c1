"""task.toml from a file, with its examples beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stepladder.errors import TableError, TaskError
from stepladder.strict_toml import parse, read_toml
from stepladder.tables import read_rows
from stepladder.task.schema import Task
from stepladder.task.template import template_columns


def load_task(path: Path | str) -> Task:
    """The task in a file; raises TaskError naming file, line and key."""
    path = Path(path)
    tables = dict(read_toml(path, TaskError))
    source = tables.get("examples")
    if isinstance(source, str):
        tables["examples"] = _examples_from(path.parent / source, path)
    task = parse(Task, tables, path, TaskError)
    _check_examples(task, path)
    return task


def _examples_from(source: Path, task_path: Path) -> list[Mapping[str, Any]]:
    try:
        rows = [row.values for row in read_rows(source)]
    except TableError as problem:
        raise TaskError(f"{task_path}: examples: {problem}") from None
    if any("label" not in row for row in rows):
        raise TaskError(f"{task_path}: examples: {source} needs a column 'label'")
    return [dict(row) for row in rows]


def _check_examples(task: Task, path: Path) -> None:
    needed = template_columns(task.text)
    for number, example in enumerate(task.examples, start=1):
        missing = [column for column in needed if not example.columns.get(column, "").strip()]
        if missing:
            raise TaskError(
                f"{path}: examples: number {number} has no {missing[0]!r}, "
                "which the text template names"
            )
