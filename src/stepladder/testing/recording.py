"""Answers of a past run, found by what a prompt says about its candidate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

QUESTION = "label"
"""The question of candidates that are asked only one."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, and how its candidate is found in a prompt.

    ::

        Recording(Path("votes.jsonl"))                       # "… [17] …" is about id 17
        Recording(Path("votes.jsonl"), marker="Review: {text}")

    The request's `model` is the annotator whose votes are repeated. A prompt
    without marker, an unknown candidate and a missing vote get a 404.
    """

    path: Path
    """JSONL, CSV or Parquet, as RecordedAnnotator reads it: `id`, `votes`, and maybe `question`,
    `stated_confidence` and `prompt_tokens`."""
    marker: str = "[{id}]"
    """What tells the candidate in the prompt, with columns of the recording in braces; at the
    marker's end, a column runs to the end of the prompt. Of several, the last one counts."""
    recorded_usage: bool = False
    """Whether `prompt_tokens` of the recording are charged, however long the prompt really is."""

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError(
                f"recording: the marker {self.marker!r} names no column, such as {{id}}"
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the marker names, in order."""
        return tuple(_PLACEHOLDER.findall(self.marker))

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds the marker in a prompt; one group for each column."""
        parts = _PLACEHOLDER.split(self.marker)
        ends = (r"\A" if not parts[0] else "", r"\Z" if not parts[-1] else "")
        literals = [re.escape(text) for text in parts[::2]]
        return re.compile("(.+?)".join(literals).join(ends), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a recording."""

    question: str
    votes: Mapping[str, Any]
    """What was said, by annotator."""
    stated: Mapping[str, float]
    """Stated confidence, by annotator."""
    prompt_tokens: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """What one annotator said of one candidate."""

    answer: str
    probability: float | None
    """Its stated confidence, 0 to 1."""
    prompt_tokens: int | None
    """As recorded, where they are to be charged."""


@dataclass(slots=True)
class Recorded:
    """A recording in memory."""

    recording: Recording
    pattern: re.Pattern[str]
    lines: dict[tuple[str, ...], Line] = field(default_factory=dict)
    """By the values of the marker's columns."""

    @classmethod
    def load(cls, recording: Recording) -> Recorded:
        """Read the file; raises TableError or ValueError naming file and line."""
        from stepladder.tables import read_rows

        loaded = cls(recording, recording.pattern)
        for row in read_rows(recording.path):
            try:
                loaded._add(row.values)
            except (ValueError, KeyError, TypeError) as problem:
                raise ValueError(f"{recording.path}:{row.line}: {problem}") from None
        return loaded

    def _add(self, values: Mapping[str, str]) -> None:
        key = tuple(values[column] for column in self.recording.columns)
        line = _line(values)
        before = self.lines.get(key)
        if before is None or (line.question == QUESTION != before.question):
            self.lines[key] = line
        elif before.question != QUESTION or line.question == QUESTION:
            raise ValueError(f"{key} was there before; name more columns in the marker")

    def said(self, annotator: str, text: str) -> Said | None:
        """What it said of the candidate that the text is about; None when nothing is recorded."""
        found = self.pattern.findall(text)
        key = found[-1] if found and isinstance(found[-1], tuple) else tuple(found[-1:])
        line = self.lines.get(key)
        answer = None if line is None else line.votes.get(annotator)
        if line is None or answer is None:
            return None
        tokens = line.prompt_tokens if self.recording.recorded_usage else None
        return Said(str(answer), line.stated.get(annotator), tokens)


def _line(values: Mapping[str, str]) -> Line:
    tokens = values.get("prompt_tokens")
    return Line(
        question=values.get("question", ""),
        votes=_table(values["votes"]),
        stated=_shares(_table(values.get("stated_confidence") or "{}")),
        prompt_tokens=int(tokens) if tokens else None,
    )


def _shares(stated: dict[str, Any]) -> dict[str, float]:
    for annotator, share in stated.items():
        if type(share) not in (int, float) or not 0 <= share <= 1:
            raise ValueError(
                f"stated_confidence of {annotator!r} is {share!r:.80}; it goes from 0 to 1"
            )
    return stated


def _table(text: str) -> dict[str, Any]:
    table = orjson.loads(text)
    if not isinstance(table, dict):
        raise TypeError(f"an object by annotator is needed, not {text[:80]}")
    return table
