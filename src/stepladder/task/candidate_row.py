"""One row of a table as a candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from types import MappingProxyType
from unicodedata import category

from stepladder.errors import TableError
from stepladder.nearest import did_you_mean
from stepladder.tables import Row
from stepladder.tables.skimming import Block
from stepladder.task.fingerprint import fits
from stepladder.task.schema import Task
from stepladder.task.template import template_columns
from stepladder.task.trusted import Trusted
from stepladder.types import SINGLE_QUESTION, Candidate, CandidateKey

YES = frozenset({"yes", "true", "1"})
NO = frozenset({"no", "false", "0", ""})
MISSING = "nan"
"""What an exported missing value looks like in a column that must hold text."""

NOTHING_ELSE: Mapping[CandidateKey, Trusted] = MappingProxyType({})
"""No gold but the file's own."""


class RowReader:
    """Makes candidates of a file's rows; what the task wants is looked up once for all of them."""

    def __init__(
        self, path: Path, task: Task, trusted: Mapping[CandidateKey, Trusted] = NOTHING_ELSE
    ) -> None:
        """`trusted` is gold beside the file's own."""
        self.path = path
        """For errors, which name file and line."""
        self._task = task
        self._trusted = trusted
        self._texts = template_columns(task.text)
        named = {f"columns.{k}": (v,) for k, v in task.columns if v is not None}
        self._named = {"text": self._texts, **named}
        self._needed = {column for columns in self._named.values() for column in columns}
        self._id = task.columns.id
        self._question = task.columns.question
        self._gold = task.columns.gold
        self._group = task.columns.group
        self._local_only = task.columns.local_only

    @property
    def asks_several(self) -> bool:
        """Whether a row names one of several questions."""
        return self._question is not None

    def candidate(self, row: Row, number: int) -> Candidate:
        """The row with this number, from 1; raises TableError for whatever is wrong with it."""
        self._check_columns(row)
        values = row.values
        for column in self._texts:
            if _is_blank(values[column]):
                raise self._error(row, f"column {column!r} is empty; fill it or drop the row")
        candidate = Candidate(
            id=str(number) if self._id is None else self._id_of(row, self._id),
            columns=values,
            question=SINGLE_QUESTION if self._question is None else self._question_of(row),
            group="" if self._group is None else values[self._group].strip(),
            gold=None if self._gold is None else self._gold_of(row, self._gold),
            local_only=self._local_only is not None and self._is_local(row, self._local_only),
        )
        return self._with_trusted(row, candidate) if self._trusted else candidate

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns that keys are made of."""
        return tuple(column for column in (self._id, self._question) if column is not None)

    def keys(self, block: Block) -> list[CandidateKey]:
        """The keys of rows that were checked before, skimmed by their `key_columns`."""
        columns = iter(block.columns)
        numbers = range(block.first, block.first + block.count)
        ids = map(str, numbers) if self._id is None else map(str.strip, next(columns))
        several = self._question is not None
        questions = map(str.strip, next(columns)) if several else repeat(SINGLE_QUESTION)
        # Three times as fast as to call the class for each of a million.
        return list(map(tuple.__new__, repeat(CandidateKey), zip(ids, questions, strict=False)))

    def key(self, row: Row, number: int) -> CandidateKey:
        """The key alone, a third of the work; raises TableError when the row has none."""
        self._check_columns(row)
        return CandidateKey(
            str(number) if self._id is None else self._id_of(row, self._id),
            SINGLE_QUESTION if self._question is None else self._question_of(row),
        )

    def _error(self, row: Row, message: str) -> TableError:
        return TableError(f"{self.path}:{row.line}: {message}")

    def _check_columns(self, row: Row) -> None:
        if self._needed <= row.values.keys():
            return
        for setting, columns in self._named.items():
            for column in columns:
                if column not in row.values:
                    raise self._error(
                        row,
                        f"no column {column!r}, which the task's {setting} names; "
                        f"{did_you_mean(column, row.values)}",
                    )

    def _id_of(self, row: Row, column: str) -> str:
        identity = row.values[column].strip()
        if not identity:
            raise self._error(row, f"column {column!r} is empty; every row needs an id")
        if not identity.isprintable() and any(category(sign) == "Cc" for sign in identity):
            raise self._error(
                row,
                f"id {identity!r} holds a line break or another control character; remove it",
            )
        return identity

    def _question_of(self, row: Row) -> str:
        question = row.values[self._question or ""].strip()
        if not question:
            raise self._error(row, f"column {self._question!r} is empty; name the question")
        return question

    def _gold_of(self, row: Row, column: str) -> str | None:
        gold = row.values[column].strip()
        if not gold:
            return None
        if gold not in self._task.labels:
            raise self._error(
                row,
                f"gold {gold!r} is not a label of the task; "
                f"{did_you_mean(gold, self._task.labels)}",
            )
        return gold

    def _with_trusted(self, row: Row, candidate: Candidate) -> Candidate:
        found = self._trusted.get(candidate.key)
        if found is None:
            return candidate
        if not fits(found.seen, candidate.columns):
            raise self._error(
                row,
                f"id {candidate.id!r} was given the gold {found.label!r} for another text: rows "
                "moved, or this one was edited; put them back (an id column keeps gold to its "
                "row), or let `stepladder gold` ask again about those that changed",
            )
        if candidate.gold is not None and candidate.gold != found.label:
            raise self._error(
                row,
                f"id {candidate.id!r} has the gold {candidate.gold!r} here and {found.label!r} in "
                "the ledger; correct the one that is wrong (empty the cell, and give "
                "`stepladder gold` a sheet with the right label)",
            )
        return replace(candidate, gold=found.label, sampled=found.sampled)

    def _is_local(self, row: Row, column: str) -> bool:
        value = row.values[column].strip().casefold()
        if value not in YES | NO:
            raise self._error(row, f"column {column!r} says {value!r}; write yes or no")
        return value in YES


def _is_blank(text: str) -> bool:
    """Whether nothing can be seen: also null bytes and direction marks alone."""
    stripped = text.strip()
    if len(stripped) <= len(MISSING) and stripped.casefold() == MISSING:
        return True
    # The first sign alone tells, but for the strangest texts.
    if stripped and stripped[0].isprintable():
        return False
    return not any(sign.isprintable() and not sign.isspace() for sign in stripped)
