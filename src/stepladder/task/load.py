"""task.toml from a file, with its examples beside it."""

from __future__ import annotations

from pathlib import Path

from stepladder.errors import TableError, TaskError
from stepladder.strict_toml import located, parse, read_toml
from stepladder.tables import Row, read_rows
from stepladder.task.schema import Example, Task

LABEL = "label"
"""The column of an examples file that holds the right label."""


def load_task(path: Path | str) -> Task:
    """The task in a file; raises TaskError naming file, line and key."""
    path = Path(path)
    tables = dict(read_toml(path, TaskError))
    source = tables.get("examples")
    if not isinstance(source, str):
        return parse(Task, tables, path, TaskError)
    del tables["examples"]
    task = parse(Task, tables, path, TaskError)
    try:
        examples = _examples_from(path.parent / source, task)
    except TableError as problem:
        raise TaskError(f"{located(path, ('examples',))}: {problem}") from None
    return task.model_copy(update={"examples": examples})


def examples_file(path: Path) -> Path | None:
    """The file that a task takes its examples from, if any; raises TaskError for bad TOML."""
    source = read_toml(path, TaskError).get("examples")
    return path.parent / source if isinstance(source, str) else None


def _examples_from(source: Path, task: Task) -> tuple[Example, ...]:
    return tuple(_example(row, task, f"{source}:{row.line}") for row in read_rows(source))


def _example(row: Row, task: Task, where: str) -> Example:
    if LABEL not in row.values:
        raise TableError(f"{where}: no column {LABEL!r}, which holds the example's right label")
    columns = {name: value for name, value in row.values.items() if name != LABEL}
    example = Example(label=row.values[LABEL], columns=columns)
    problem = task.problem_of(example)
    if problem is not None:
        raise TableError(f"{where}: {problem}")
    return example
