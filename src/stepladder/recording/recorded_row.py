"""One line of a recording: a candidate, and what everybody said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from stepladder.types import Candidate, Vote


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """A candidate with its gold, if it has any, and the votes about it."""

    candidate: Candidate
    votes: Mapping[str, tuple[Vote, ...]]
    """By annotator, every draw that it gave, in the order of the file; none of who gave none."""
    line: int
    """Where in the file, from 1."""
    humans: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What people said, by name; it is kept, and counts as no vote."""
