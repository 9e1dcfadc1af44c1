"""A look through a whole recording: who voted, which labels there are, what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path

import orjson

from stepladder.errors import TableError, TaskError
from stepladder.recording.line import row_of
from stepladder.recording.recorded_row import RecordedRow
from stepladder.strict_toml import parse
from stepladder.tables import Row, read_rows
from stepladder.tables.key_hashes import KeyHashes
from stepladder.task import Task
from stepladder.task.gold_sheet import SheetAnswer
from stepladder.types import Vote

MOST_SAID = 1_000
"""Different labels of an annotator that are counted: free text would fill the memory."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a recording holds, counted."""

    rows: int
    gold_by_label: Mapping[str, int]
    """Rows with a trusted label, by label."""
    groups: int
    """Of all rows."""
    annotators: Mapping[str, int]
    """How many rows each voted on, in the order of the file."""
    said: Mapping[str, Mapping[str, int]]
    """By annotator and label, as it was written, how many votes; only some of very many labels."""
    labels: tuple[str, ...]
    """Of the task, if the file tells; of its gold otherwise, sorted."""
    digest: str
    """Hexadecimal SHA-256 of the file."""

    @property
    def gold(self) -> int:
        """Rows with a trusted label."""
        return sum(self.gold_by_label.values())

    def with_gold(self, sheets: Sequence[Path], answers: Iterable[SheetAnswer]) -> Contents:
        """As if the file held the gold of these sheets too."""
        found = Counter(self.gold_by_label)
        found.update(one.label for one in answers if one.label is not None)
        digest = self.digest
        for sheet in sheets:
            digest = sha256(f"{digest} {_digest(sheet)}".encode()).hexdigest()
        return replace(self, gold_by_label=dict(found), digest=digest)


def look_into(path: Path) -> Contents:
    """Read the whole file once; raises TableError naming file and line."""
    look = _Look()
    for row, found in rows_in(path):
        look.add(path, row, found)
    if look.keys.repeated():
        raise _twice(path, look.keys.repeated())
    return look.contents(path)


def rows_in(path: Path) -> Iterator[tuple[Row, RecordedRow]]:
    """The lines of a recording; raises TableError naming file and line."""
    for row in read_rows(path):
        try:
            yield row, row_of(row)
        except (ValueError, TypeError) as problem:
            raise TableError(f"{path}:{row.line}: {problem}") from None


class _Look:
    """Counts, as rows come."""

    def __init__(self) -> None:
        self.keys = KeyHashes()
        self._gold: Counter[str] = Counter()
        self._groups: set[str] = set()
        self._annotators: Counter[str] = Counter()
        self._said: dict[str, Counter[str]] = {}
        self._told: tuple[str, ...] | None = None

    def add(self, path: Path, row: Row, found: RecordedRow) -> None:
        """One more row."""
        candidate = found.candidate
        self.keys.add(candidate.key)
        self._annotators.update(found.votes.keys())
        self._hear(found.votes)
        self._groups.add(candidate.group)
        if candidate.gold is not None:
            self._gold[candidate.gold] += 1
        told = _labels_of(path, row)
        if len(self.keys) == 1:
            self._told = told
        elif told != self._told:
            raise TableError(
                f"{path}:{row.line}: its labels are not those of the first line; "
                "keep recordings of different tasks in files of their own"
            )

    def _hear(self, votes: Mapping[str, Sequence[Vote]]) -> None:
        for name, drawn in votes.items():
            said = self._said.setdefault(name, Counter())
            for label in (vote.label for vote in drawn):
                if label is not None and (label in said or len(said) < MOST_SAID):
                    said[label] += 1

    def contents(self, path: Path) -> Contents:
        """What all rows came to."""
        return Contents(
            rows=len(self.keys),
            gold_by_label=dict(self._gold),
            groups=len(self._groups),
            annotators=dict(self._annotators),
            said=self._said,
            labels=tuple(sorted(self._gold)) if self._told is None else self._told,
            digest=_digest(path),
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _labels_of(path: Path, row: Row) -> tuple[str, ...] | None:
    text = row.values.get("labels", "")
    if not text:
        return None
    try:
        labels = orjson.loads(text)
    except orjson.JSONDecodeError:
        labels = None
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise TableError(f"{path}:{row.line}: labels must be a list of texts, not {text[:80]!r}")
    return tuple(labels)


def _twice(path: Path, hashes: frozenset[int]) -> TableError:
    """Names the two lines; two keys may share a hash, so that the keys themselves are looked at."""
    seen: dict[tuple[str, str], int] = {}
    for _, found in rows_in(path):
        key = found.candidate.key
        if hash(key) not in hashes:
            continue
        if key in seen:
            return TableError(f"{path}:{found.line}: id {key.id!r} was in line {seen[key]}")
        seen[key] = found.line
    return TableError(f"{path}: two of its ids cannot be told apart; rename one")


def task_in(path: Path, contents: Contents) -> Task:
    """The little that a recording tells of its task: labels, and a name; raises TableError."""
    if len(contents.labels) < 2:
        told = f"all gold is {contents.labels[0]!r}" if contents.labels else "there is no gold"
        raise TableError(f"{path}: {told}, so that the labels are not known; give --task")
    tables = {
        "name": path.stem or "recording",
        "instructions": "as recorded",
        "labels": list(contents.labels),
    }
    try:
        return parse(Task, tables, path, TaskError)
    except TaskError as problem:
        raise TableError(f"{problem} (labels come from its gold; give --task)") from None
