"""One annotator's votes out of a recording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from stepladder.errors import TableError
from stepladder.nearest import did_you_mean
from stepladder.tables import Row, read_rows
from stepladder.types import Usage

PROMPT_TOKENS = 600
"""Taken where the recording does not know the length of the prompt."""
MOST_DIGITS = 9
"""Of the number of a prompt's tokens: what is longer is none, and fits in no ledger."""
ANSWER_TOKENS = 5
"""Taken for every answer: recordings keep the label, not its length."""


@dataclass(frozen=True, slots=True)
class RecordedVote:
    """One line of a recording, as far as one annotator is concerned."""

    question: str
    """The question as recorded; empty where there was only one."""
    said: str | None
    """What the annotator said; None where it did not vote."""
    stated: float | None
    """Its stated confidence, 0 to 1."""
    prompt_tokens: int
    line: int
    """Where in the recording."""

    @property
    def usage(self) -> Usage:
        """Tokens of the attempt."""
        return Usage(input=self.prompt_tokens, output=ANSWER_TOKENS)


def read_votes(path: Path, annotator: str) -> Mapping[str, tuple[RecordedVote, ...]]:
    """One annotator's votes by candidate id; raises TableError naming file and line."""
    votes: dict[str, list[RecordedVote]] = defaultdict(list)
    heard: set[str] = set()
    for row in read_rows(path):
        where = f"{path}:{row.line}"
        if not row.values.get("id"):
            raise TableError(f"{where}: no 'id'; every line of a recording needs one")
        said = _object(row, "votes", where)
        heard |= said.keys()
        before = votes[row.values["id"]]
        vote = _recorded_vote(row, said.get(annotator), annotator, where)
        if any(other.question == vote.question for other in before):
            raise TableError(f"{where}: id {row.values['id']!r} was in line {before[0].line}")
        before.append(vote)
    if annotator not in heard:
        raise TableError(f"{path}: no votes of {annotator!r}; {did_you_mean(annotator, heard)}")
    return {id_: tuple(given) for id_, given in votes.items()}


def _recorded_vote(row: Row, said: Any, annotator: str, where: str) -> RecordedVote:
    tokens = row.values.get("prompt_tokens", "")
    if tokens and not (tokens.isdecimal() and len(tokens) <= MOST_DIGITS):
        raise TableError(
            f"{where}: prompt_tokens is {tokens[:80]!r}; it must be a whole number of at most "
            f"{MOST_DIGITS} digits"
        )
    stated = _object(row, "stated_confidence", where).get(annotator)
    if stated is not None and not (type(stated) in (int, float) and 0 <= stated <= 1):
        raise TableError(f"{where}: stated_confidence is {stated!r}; it goes from 0 to 1")
    return RecordedVote(
        question=row.values.get("question", ""),
        said=None if said is None else str(said),
        stated=stated,
        prompt_tokens=int(tokens) if tokens else PROMPT_TOKENS,
        line=row.line,
    )


def _object(row: Row, column: str, where: str) -> dict[str, Any]:
    text = row.values.get(column, "")
    try:
        value = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise TableError(f"{where}: {column} must be an object by annotator, not {text[:80]!r}")
    return value
