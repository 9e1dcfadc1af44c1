"""A random sample of a file's candidates, whole groups at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from stepladder.audit.drawing import Group, draw_groups
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import Candidate, CandidateKey


@dataclass(frozen=True, slots=True)
class Sample:
    """The candidates that were drawn."""

    candidates: Sequence[Candidate]
    """In the order of their groups' random numbers: whoever stops early has a smaller sample."""
    total: int
    """How many could have been drawn."""

    @property
    def groups(self) -> int:
        """How many groups they are of."""
        return len({candidate.group for candidate in self.candidates})

    @property
    def gold(self) -> int:
        """How many of them have a trusted label."""
        return sum(candidate.gold is not None for candidate in self.candidates)


def sample_of(
    file: CandidatesFile, rows: int, seed: int, among: Collection[CandidateKey] | None = None
) -> Sample:
    """About so many candidates, `among` these alone if given; the file is read twice.

    With the same seed the draw of `stepladder gold` is of the same groups, so that those with
    gold are met as often as can be without preferring them. Raises TableError for a bad row.
    """
    sizes = Counter(candidate.group for candidate in _wanted(file, among))
    drawn = draw_groups([Group(name, size) for name, size in sizes.items()], rows, seed)
    turns = {one.group.name: turn for turn, one in enumerate(drawn)}
    found = [candidate for candidate in _wanted(file, among) if candidate.group in turns]
    # The sort keeps the file's order within a group.
    return Sample(sorted(found, key=lambda one: turns[one.group]), sizes.total())


def _wanted(file: CandidatesFile, among: Collection[CandidateKey] | None) -> Iterator[Candidate]:
    return (one for one in file if among is None or one.key in among)
