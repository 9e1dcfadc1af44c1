"""Gold that every annotator answered, dealt by group: some teaches, some only tests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from stepladder.confidence import GoldRow

MOST = 5_000
"""Rows that teach and choose, at most: more change little, and take time and memory."""


@dataclass(frozen=True, slots=True)
class Known:
    """One row of gold."""

    row: GoldRow
    name: str
    """By which a fit knows that it has seen it."""
    usable: bool
    """Whether its gold is one of the task's labels: if not, every machine is wrong about it."""
    complete: bool = True
    """Whether everybody's vote is there: if not, nobody knows what a policy would deliver."""
    group_name: str | None = None
    """As `name`, of its group; None where the row is a group of its own."""

    @property
    def teaches(self) -> bool:
        """Whether something can be learnt from it."""
        return self.usable and self.complete


@dataclass(frozen=True, eq=False)
class GoldRows:
    """All of it."""

    known: Sequence[Known]
    rest_rows: int
    """Rows without gold."""
    rest_groups: int
    """Groups without any gold."""
    rest_largest: int
    """Rows of the largest of them."""
    beside_gold: int = 0
    """Rows without gold in groups that have some."""
    rest_usual: float = 1.0
    """Size of the group that a row of the rest finds itself in, in the mean."""
    kept_local: int = 0
    """Rows of gold left out, since not everybody may see them."""
    rest_kept_local: int = 0
    """Rows without gold that not everybody may see: no promise is about them."""

    @property
    def incomplete(self) -> int:
        """Rows of gold that lack a vote: they teach nothing, and count as wrong where they test."""
        return sum(not one.complete for one in self.known)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Of the gold, sorted."""
        return tuple(sorted({one.row.group for one in self.known}))

    @cached_property
    def testable(self) -> tuple[str, ...]:
        """Groups that may test: those drawn at random, as far as any are said to be.

        Other gold beside drawn gold may teach; of what it is a sample nobody knows.
        """
        drawn = {one.row.group for one in self.known if one.row.candidate.sampled is not None}
        other = {one.row.group for one in self.known if one.row.candidate.sampled is None}
        return tuple(sorted(drawn - other)) if drawn else self.groups

    @property
    def single(self) -> bool:
        """Whether every group is one row, in the rest too."""
        return len(self.groups) == len(self.known) and self.rest_largest <= 1

    def dealt(self, tested: int, seed: int) -> tuple[GoldRows, GoldRows]:
        """Gold that teaches, and gold of so many groups at random that only tests."""
        names = list(self.testable)
        random.Random(seed).shuffle(names)  # noqa: S311
        testing = frozenset(names[len(names) - tested :])
        return self._of(frozenset(self.groups) - testing), self._of(testing)

    def _of(self, groups: frozenset[str]) -> GoldRows:
        known = [one for one in self.known if one.row.group in groups]
        return replace(self, known=known)

    def teaching(self, seed: int) -> list[Known]:
        """Rows that teach: those with a label of the task, at most MOST, whole groups at random."""
        usable = [one for one in self.known if one.teaches]
        if len(usable) <= MOST:
            return usable
        by_group: dict[str, list[Known]] = {}
        for one in usable:
            by_group.setdefault(one.row.group, []).append(one)
        names = sorted(by_group)
        random.Random(seed).shuffle(names)  # noqa: S311
        chosen: list[Known] = []
        for name in names:
            if len(chosen) + len(by_group[name]) <= MOST:
                chosen += by_group[name]
        return chosen
