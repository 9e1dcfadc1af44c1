"""A recording that can be read more than once, its votes read against the task's labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from stepladder.errors import TableError
from stepladder.recording.contents import Contents, look_into, rows_in, task_in
from stepladder.recording.given import Given, read_given
from stepladder.recording.labels import LabelReader
from stepladder.recording.recorded_row import RecordedRow
from stepladder.task import Task
from stepladder.task.gold_sheet import SheetAnswer
from stepladder.types import Candidate

TEXT = "text"
"""The column that is looked at where no task names any."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The rows of a file, read anew by every `for`, so that none is kept in memory."""

    path: Path
    task: Task
    """Whose labels count: a vote for another one is a vote without a label."""
    contents: Contents
    """What a look through it found."""
    described: bool = True
    """Whether the user's own task says what the columns are; if not, only `text` is kept."""
    given: Given = field(default_factory=dict)
    """Gold that came later. What the file itself has then chose who was asked, and only teaches."""
    _reader: LabelReader = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_reader", LabelReader(self.task))

    @classmethod
    def open(cls, path: Path, task: Task | None = None, *sheets: Path) -> Recording:
        """Look through the file once; without a task its labels are those of the recording.

        Sheets hold gold for rows without, in the order in which they came. Raises TableError
        naming file and line.
        """
        contents, described = look_into(path), task is not None
        task = task or task_in(path, contents)
        given = read_given(path, sheets, task)
        return cls(path, task, contents.with_gold(sheets, given.values()), described, given)

    def __iter__(self) -> Iterator[RecordedRow]:
        for _, row in rows_in(self.path):
            yield self._read(row)

    @property
    def foreign_gold(self) -> Mapping[str, int]:
        """Gold that is none of the task's labels, and its rows: there all machines are wrong."""
        gold = self.contents.gold_by_label
        return {label: rows for label, rows in gold.items() if label not in self.task.labels}

    @property
    def foreign_votes(self) -> Mapping[str, Mapping[str, int]]:
        """By annotator, what it said that means none of the task's labels, and how often."""
        found = {
            name: {label: votes for label, votes in said.items() if not self._reader.knows(label)}
            for name, said in self.contents.said.items()
        }
        return {name: said for name, said in found.items() if said}

    def _read(self, row: RecordedRow) -> RecordedRow:
        votes = {}
        for name, drawn in row.votes.items():
            try:
                votes[name] = tuple(map(self._reader.read, drawn))
            except ValueError as problem:
                where = f"{self.path}:{row.line}"
                raise TableError(f"{where}: vote of {name!r}: {problem}") from None
        candidate = self._shown(row.candidate)
        if self.given:
            candidate = _with_gold(candidate, self.given.get(candidate.key))
        return replace(row, candidate=candidate, votes=votes)

    def _shown(self, candidate: Candidate) -> Candidate:
        """Any other column may have come to be known together with the gold."""
        if self.described:
            return candidate
        columns = {name: text for name, text in candidate.columns.items() if name == TEXT}
        return replace(candidate, columns=columns)


def _with_gold(candidate: Candidate, answer: SheetAnswer | None) -> Candidate:
    if answer is None:
        return replace(candidate, sampled=None)
    return replace(candidate, gold=answer.label, sampled=answer.sampled)
