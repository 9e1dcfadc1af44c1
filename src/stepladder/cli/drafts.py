"""task.toml and policy.toml for the user to edit, with a comment on every line that matters."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.guess import Guess
from stepladder.engine.checks import PLACEHOLDERS
from stepladder.errors import TaskError, UserError
from stepladder.policy import HumanSpec, Policy
from stepladder.policy.load import policy_path
from stepladder.pricing.refresh import toml_string
from stepladder.strict_toml import parse
from stepladder.task import Task

COLUMNS = {
    "id": "unique; without it the row number is the id",
    "gold": "trusted labels, empty where there are none: for calibration and accuracy",
    "group": "rows that belong together, so that none is used to judge its neighbours",
    "question": "which of several questions a row asks of its text",
    "local_only": "yes where only annotators marked local may see the row",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A file to be written."""

    name: str
    text: str


def draft_task(guess: Guess, candidates: Path) -> str:
    """The text of a task.toml; raises UserError when no template can name the text column."""
    if any(sign in guess.text for sign in "{}"):
        raise UserError(f"{candidates}: column {guess.text!r} has braces in its name; rename it")
    labels = guess.labels if _usable(guess.labels) else PLACEHOLDERS
    return "\n".join(_task_lines(guess, candidates, labels)) + "\n"


def _usable(labels: tuple[str, ...]) -> bool:
    tables = {"name": "draft", "instructions": "draft", "labels": dict.fromkeys(labels, "")}
    try:
        parse(Task, tables, Path("task.toml"), TaskError)
    except TaskError:
        return False
    return True


def _task_lines(guess: Guess, candidates: Path, labels: tuple[str, ...]) -> Iterator[str]:
    yield f"# What is asked about each row of {toml_string(candidates.name)}: a guess."
    yield ""
    yield f"name = {toml_string(candidates.stem)}  # a ledger belongs to one task"
    yield "# What annotators are told before the labels are listed:"
    yield 'instructions = "Choose the label that fits the text best."'
    yield "# What they are shown; {column} is replaced by the row's value:"
    yield f"text = {toml_string('{' + guess.text + '}')}"
    yield ""
    yield "[columns]  # which column of the file holds what"
    for name, meaning in COLUMNS.items():
        column = getattr(guess, name)
        line = f"{name} = {toml_string(column or name)}"
        yield f"{'' if column else '# '}{line}  # {meaning}"
    yield ""
    yield "[labels]  # each with its meaning: models do better when it is told"
    if labels == PLACEHOLDERS:
        yield "# No column of gold labels was found, so these are placeholders: write your own."
    yield from (f'{toml_string(label)} = ""' for label in labels)
    yield ""
    yield '# Demonstrations help small models most; also a file: examples = "examples.csv"'
    yield "# [[examples]]"
    yield f'# {_key(guess.text)} = "…"'
    yield f"# label = {toml_string(labels[0])}"


def _key(column: str) -> str:
    return column if column.isascii() and column.isidentifier() else toml_string(column)


def draft_policy(name: str) -> str:
    """A shipped policy's text under a heading; raises PolicyError for an unknown name."""
    text = policy_path(Path(name).name).read_text(encoding="utf-8")
    return (
        f"# Who is asked, in which order, and what it may cost: a copy of the shipped {name!r}.\n"
        "# Tiers go from cheap to expensive; a candidate climbs while a tier's accept rule fails.\n"
        f"\n{text}"
    )


def draft_answers(policy: Policy, guess: Guess) -> Draft | None:
    """The file that the policy's person answers in, begun; None when it names none."""
    people = (spec for spec in policy.annotators.values() if isinstance(spec, HumanSpec))
    name = next((spec.answers for spec in people if spec.answers), None)
    if name is None or not name.endswith(".csv"):
        return None
    row = {"id": guess.first_id, "label": ""}
    if guess.question:
        row["question"] = guess.first_question
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row), lineterminator="\n")
    writer.writeheader()
    writer.writerow(row)
    return Draft(name, text.getvalue())
