"""A person, who answers in a file and in their own time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stepladder.annotators.base import Answer, Reply, Waiting
from stepladder.annotators.in_process import InProcess
from stepladder.digest import digest
from stepladder.errors import TableError
from stepladder.nearest import did_you_mean
from stepladder.tables import Row, read_rows
from stepladder.task import Task, read_answer
from stepladder.task.template import fill
from stepladder.types import (
    FIRST,
    SINGLE_QUESTION,
    Candidate,
    CandidateKey,
    Draw,
    Labelled,
    Unlabelled,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the person wrote about one candidate."""

    outcome: Labelled
    text: str
    """The label as it was written."""
    line: int
    """Where in the file."""


class HumanAnnotator(InProcess):
    """A person whose answers stand in a CSV, JSONL or Parquet file.

    The columns are id and label, and question where the task asks several; a row
    without a label is not answered yet. Without a file, everybody waits.
    """

    def __init__(self, name: str, task: Task, answers: Path | None) -> None:
        super().__init__(name)
        self._task = task
        self._path = answers
        self._answers: Mapping[CandidateKey, Answered] = {}

    async def open(self) -> None:
        """Read the answers; raises TableError naming file and line."""
        if self._path is not None:
            self._answers = read_answers(self._path, self._task)

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """Digest of the name, the id, the question and the text: a person read that very text."""
        text = fill(self._task.text, candidate.columns)
        return digest("human", self.name, *candidate.key, text, *draw.parts)

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:  # noqa: ARG002
        """The answer in the file, or Waiting."""
        answered = self._answers.get(candidate.key)
        if answered is None:
            return Waiting()
        return Answer(answered.outcome, text=answered.text)


def read_answers(path: Path, task: Task) -> Mapping[CandidateKey, Answered]:
    """A person's answers; raises TableError for what is no label, or for two of them.

    A file that is not there yet, or has no rows, is a person who has not begun.
    """
    answers: dict[CandidateKey, Answered] = {}
    for row in read_rows(path, may_be_empty=True) if path.exists() else ():
        where = f"{path}:{row.line}"
        _check_columns(row, task, where)
        if not row.values["label"].strip():
            continue
        key = _key(row, task, where)
        answered = _answered(row, task, where)
        before = answers.setdefault(key, answered)
        if before.outcome != answered.outcome:
            raise TableError(
                f"{where}: id {key.id!r} is {answered.outcome.label!r} here and "
                f"{before.outcome.label!r} in line {before.line}; keep one of them"
            )
    return answers


def _check_columns(row: Row, task: Task, where: str) -> None:
    needed = ("id", "label") if task.columns.question is None else ("id", "label", "question")
    for column in needed:
        if column not in row.values:
            raise TableError(
                f"{where}: no column {column!r}, which answers need; "
                f"{did_you_mean(column, row.values)}"
            )


def _key(row: Row, task: Task, where: str) -> CandidateKey:
    identity = row.values["id"].strip()
    if not identity:
        raise TableError(f"{where}: column 'id' is empty; name the candidate")
    if task.columns.question is None:
        return CandidateKey(identity, SINGLE_QUESTION)
    question = row.values["question"].strip()
    if not question:
        raise TableError(f"{where}: column 'question' is empty; name the question")
    return CandidateKey(identity, question)


def _answered(row: Row, task: Task, where: str) -> Answered:
    text = row.values["label"].strip()
    match read_answer(task, text):
        case Labelled() as outcome:
            return Answered(outcome, text, row.line)
        case Unlabelled():
            aliases = (a for spec in task.labels.values() for a in spec.aliases)
            known = did_you_mean(text, (*task.label_names, *aliases))
            raise TableError(f"{where}: {text!r} is not a label of the task; {known}")
