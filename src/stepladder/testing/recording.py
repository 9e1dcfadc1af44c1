"""Answers of a past run, found by what a prompt says about its candidate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stepladder.recording import RecordedRow
from stepladder.recording.line import ASSUMED
from stepladder.types import SINGLE_QUESTION, Labelled, Vote

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
    lines: dict[tuple[str, ...], RecordedRow] = field(default_factory=dict)
    """By the values of the marker's columns."""

    @classmethod
    def load(cls, recording: Recording) -> Recorded:
        """Read the file; raises TableError or ValueError naming file and line."""
        from stepladder.recording.contents import rows_in

        loaded = cls(recording, recording.pattern)
        for row, found in rows_in(recording.path):
            try:
                loaded._add(row.values, found)
            except (ValueError, KeyError) as problem:
                raise ValueError(f"{recording.path}:{row.line}: {problem}") from None
        return loaded

    def _add(self, values: Mapping[str, str], row: RecordedRow) -> None:
        known = {**row.candidate.columns, **values}
        key = tuple(known[column] for column in self.recording.columns)
        before = self.lines.get(key)
        alone = row.candidate.question == SINGLE_QUESTION
        if before is None or (alone and before.candidate.question != SINGLE_QUESTION):
            self.lines[key] = row
        elif before.candidate.question != SINGLE_QUESTION or alone:
            raise ValueError(f"{key} was there before; name more columns in the marker")

    def said(self, annotator: str, text: str) -> Said | None:
        """What it said of the candidate that the text is about; None when nothing is recorded."""
        found = self.pattern.findall(text)
        key = found[-1] if found and isinstance(found[-1], tuple) else tuple(found[-1:])
        row = self.lines.get(key)
        drawn = () if row is None else row.votes.get(annotator, ())
        return _said(drawn[0], usage=self.recording.recorded_usage) if drawn else None


def _said(vote: Vote, *, usage: bool) -> Said:
    outcome = vote.outcome
    answer = outcome.label if isinstance(outcome, Labelled) else outcome.detail
    # Those that the reader took for missing ones are an object of its own.
    known = usage and vote.usage is not ASSUMED
    share = vote.confidence.by_label.get(answer)
    return Said(answer, share, vote.usage.input if known else None)
