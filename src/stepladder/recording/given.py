"""Gold that people gave later, on a sheet, for rows of a recording that had none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from stepladder.errors import TableError
from stepladder.recording.contents import rows_in
from stepladder.tables import read_rows, restored
from stepladder.task import Task
from stepladder.task.gold_sheet import SheetAnswer, read_sheet
from stepladder.task.template import fill
from stepladder.types import CandidateKey

Given = Mapping[CandidateKey, SheetAnswer]
SHOWN = 3
"""Ids that an error names."""


def read_given(path: Path, sheets: Sequence[Path], task: Task) -> Given:
    """The answers of sheets about the recording at `path`, each with a label.

    What was drawn for the last sheet may test. What was drawn before chose who was asked then, and
    only teaches. Raises TableError naming file and line: for an unknown id, one that has gold
    already, a label that is none, and for rows that were drawn and have no label yet.
    """
    found: dict[CandidateKey, SheetAnswer] = {}
    for sheet in sheets:
        answers = _answers(path, sheet, task)
        twice = next((key for key in answers if key in found), None)
        if twice is not None:
            raise TableError(f"{sheet}: id {twice.id!r} has a label in an earlier sheet already")
        found = {key: replace(one, sampled=None) for key, one in found.items()} | answers
    return found


def _answers(path: Path, sheet: Path, task: Task) -> dict[CandidateKey, SheetAnswer]:
    ids = {restored(row.values.get("id", "")).strip() for row in read_rows(sheet)}
    texts: dict[CandidateKey, str | None] = {}
    for _, row in rows_in(path):
        candidate = row.candidate
        if candidate.id not in ids:
            continue
        if candidate.gold is not None:
            raise TableError(f"{sheet}: id {candidate.id!r} has gold in {path} already")
        texts[candidate.key] = fill(task.text, candidate.columns).strip() or None
    answers = read_sheet(sheet, task, texts)
    # Rows that people leave out are no sample; of the others, only the answered ones teach.
    empty = [one.key.id for one in answers if one.label is None and one.sampled is not None]
    if empty:
        raise TableError(
            f"{sheet}: {len(empty):,} rows that were drawn have no label yet, such as "
            f"{', '.join(map(repr, empty[:SHOWN]))}; fill the column label"
        )
    return {one.key: one for one in answers if one.label is not None}
