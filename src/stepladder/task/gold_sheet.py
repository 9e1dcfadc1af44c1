"""Gold through a spreadsheet: candidates out with an empty column `label`, and labels back."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stepladder.errors import TableError
from stepladder.nearest import did_you_mean
from stepladder.tables import Row, read_rows, restored
from stepladder.tables.formulas import defused
from stepladder.tables.replacing import plain_errors, replacing
from stepladder.task.schema import Task
from stepladder.task.template import fill
from stepladder.types import SINGLE_QUESTION, Candidate, CandidateKey

CHOICES = " | "
"""What stands between the labels in the column `choices`."""


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """A row of a sheet."""

    key: CandidateKey
    label: str | None
    """None where the cell is empty."""
    sampled: float | None = None
    """With which chance it was drawn; None where the sheet does not say so."""


def check_new(path: Path) -> None:
    """Raise TableError unless a sheet can be written there: answers are never overwritten."""
    if path.suffix.lower() != ".csv":
        raise TableError(f"{path}: a sheet is CSV; name a file that ends in .csv")
    if path.exists():
        raise TableError(f"{path}: exists already, perhaps with answers; name another --sheet")
    if not path.parent.is_dir():
        raise TableError(f"{path}: cannot be written: no such folder; choose another place")
    if not os.access(path.parent, os.W_OK):
        raise TableError(f"{path}: cannot be written: permission denied; choose another place")


def write_sheet(
    path: Path, task: Task, candidates: Sequence[Candidate], *, chances: bool = False
) -> None:
    """Write a CSV file with a row for each; raises TableError when it cannot be written.

    With `chances`, a column `sampled` says with which one each was drawn.

    Texts that a spreadsheet would run as formulas carry an apostrophe, as in all our CSV.
    """
    text = io.StringIO()
    # All in quotes: before Python 3.13 a lone \r would have none otherwise.
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    several = task.columns.question is not None
    more = ["sampled"] if chances else []
    writer.writerow(["id", *(["question"] if several else []), "text", "label", "choices", *more])
    choices = CHOICES.join(task.labels)
    for one in candidates:
        shown = [one.id, *([one.question] if several else []), fill(task.text, one.columns)]
        chance = ["" if one.sampled is None else repr(one.sampled)] if chances else []
        writer.writerow([*map(defused, shown), "", defused(choices), *chance])
    with plain_errors(path), replacing(path) as file:
        # With a mark: spreadsheets take it for another encoding without one.
        file.write(text.getvalue().encode("utf-8-sig", "replace"))


def read_sheet(
    path: Path, task: Task, drawn: Mapping[CandidateKey, str | None]
) -> list[SheetAnswer]:
    """The rows of a sheet, all checked; raises TableError naming file and line.

    `drawn` has the text of each candidate that may come back, None where the file has it no
    more. Checked: the columns, labels that are not on the list, candidates that were not drawn
    or stand beside the text of another one, and those that come twice. Rows without anything in
    them, which spreadsheets like to add, are left out.
    """
    lines: dict[CandidateKey, int] = {}
    answers = []
    for row in read_rows(path):
        if not any(text.strip() for text in row.values.values()):
            continue
        answer = _answer(path, row, task, drawn)
        before = lines.setdefault(answer.key, row.line)
        if before != row.line:
            raise TableError(
                f"{path}:{row.line}: id {answer.key.id!r} stands in line {before} already; "
                "keep one of them"
            )
        answers.append(answer)
    return answers


def _answer(
    path: Path, row: Row, task: Task, drawn: Mapping[CandidateKey, str | None]
) -> SheetAnswer:
    where = f"{path}:{row.line}"
    several = task.columns.question is not None
    cells = dict(_cells(path, row, ("id", "question", "label") if several else ("id", "label")))
    key = CandidateKey(cells["id"], cells.get("question", SINGLE_QUESTION))
    if key not in drawn:
        asked = f", question {key.question!r}," if several else ""
        raise TableError(
            f"{where}: id {key.id!r}{asked} was not drawn "
            f"({did_you_mean(key.id, (one.id for one in drawn))}); gold of rows that you chose "
            "yourself belongs into the candidates' gold column"
        )
    shown = dict(_cells(path, row, ["text"] if "text" in row.values else []))
    if not _is_text_of(shown.get("text"), drawn[key]):
        raise TableError(
            f"{where}: the text beside id {key.id!r} is not that candidate's: were rows moved? "
            "Put id and text together again; the column text may be left out altogether"
        )
    label = cells["label"]
    if label and label not in task.labels:
        raise TableError(
            f"{where}: {label!r} is not a label of the task; {did_you_mean(label, task.labels)}"
        )
    return SheetAnswer(key, label or None, _chance(where, row.values.get("sampled", "")))


def _chance(where: str, text: str) -> float | None:
    if not text.strip():
        return None
    try:
        chance = float(text)
    except ValueError:
        chance = 0.0
    if not 0 < chance <= 1:
        raise TableError(f"{where}: sampled is {text[:20]!r}; it goes from above 0 to 1")
    return chance


def _is_text_of(given: str | None, shown: str | None) -> bool:
    """Whether a sheet's text is the candidate's; what is not there does not tell."""
    return given is None or shown is None or _plain(given) == _plain(shown)


def _plain(text: str) -> list[str]:
    """The words: spreadsheets change blanks, and the file cannot hold lone surrogates."""
    return text.encode("utf-8", "replace").decode().split()


def _cells(path: Path, row: Row, columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    for column in columns:
        if column not in row.values:
            raise TableError(
                f"{path}:{row.line}: no column {column!r}; {did_you_mean(column, row.values)}"
            )
        text = row.values[column]
        yield column, (restored(text) if path.suffix.lower() == ".csv" else text).strip()
