"""A recording's gold, as far as every annotator answered it, and how it may be used."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from stepladder.confidence import GoldRow
from stepladder.confidence.gold import Floats
from stepladder.engine.rates import Rate
from stepladder.errors import UserError
from stepladder.recording import Recording
from stepladder.recording.identity import group_identity, identity
from stepladder.simulate.replay import Player
from stepladder.simulate.scenario import Scenario

FEWEST = 30
"""Rows without which nothing is calibrated."""
SHOWN = 5
"""Labels of another task that are named."""
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
    group_name: str | None = None
    """As `name`, of its group; None where the row is a group of its own."""


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
    incomplete: int
    """Rows left out, since a vote is missing."""
    beside_gold: int = 0
    """Rows without gold in groups that have some."""
    rest_usual: float = 1.0
    """Size of the group that a row of the rest finds itself in, in the mean."""
    kept_local: int = 0
    """Rows of gold left out, since not everybody may see them."""

    @classmethod
    def read(cls, recording: Recording, player: Player) -> GoldRows:
        """Read the recording once; raises TableError for a bad line."""
        known: list[Known] = []
        without: dict[str, int] = {}
        incomplete = kept_local = 0
        labels = recording.task.labels
        everybody = len(player.policy.machines)
        for recorded in recording:
            candidate = recorded.candidate
            if len(player.seeing(candidate)) < everybody:
                kept_local += candidate.gold is not None
                continue
            if candidate.gold is None:
                without[candidate.group] = without.get(candidate.group, 0) + 1
                continue
            row = player.row(recorded)
            if row is None:
                incomplete += 1
                continue
            known.append(
                Known(
                    GoldRow(candidate, row.votes),
                    identity(recorded),
                    usable=candidate.gold in labels,
                    group_name=group_identity(recorded),
                )
            )
        groups = {one.row.group for one in known}
        rest = {group: rows for group, rows in without.items() if group not in groups}
        rows, largest = sum(rest.values()), max(rest.values(), default=1)
        beside = sum(without.values()) - rows
        usual = sum(size * size for size in rest.values()) / rows if rows else 1.0
        return cls(known, rows, len(rest), largest, incomplete, beside, usual, kept_local)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Of the gold, sorted."""
        return tuple(sorted({one.row.group for one in self.known}))

    def check(self, labels: Sequence[str]) -> None:
        """Raise UserError where so little gold teaches nothing."""
        usable = [one for one in self.known if one.usable]
        if self.known and not usable:
            foreign = sorted({one.row.gold for one in self.known})[:SHOWN]
            raise UserError(
                f"no gold is a label of the task: it says {', '.join(map(repr, foreign))}, and the "
                f"labels are {', '.join(map(repr, labels))}; give the --task of this recording"
            )
        if len(usable) < FEWEST:
            left = f" ({self.incomplete} more lack a vote)" if self.incomplete else ""
            raise UserError(
                f"{len(usable)} rows of gold with a vote of everybody{left}: at least {FEWEST} are "
                "needed; `stepladder gold` draws more to label"
            )
        if len(self.groups) < 2:
            raise UserError(
                f"all gold is of one group, {self.groups[0]!r}: nothing can be judged on groups "
                "that were not seen; give gold of more groups"
            )
        seen = {one.row.gold for one in usable}
        if len(seen) < 2:
            raise UserError(
                f"all gold is {min(seen)!r}: it cannot tell right votes from wrong ones; "
                f"give gold of {' or '.join(map(repr, (x for x in labels if x not in seen)))} too"
            )

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

    def check_chances(self) -> None:
        """Raise UserError where rows that test were drawn with unequal chances."""
        groups = frozenset(self.testable)
        chances = {one.row.candidate.sampled for one in self.known if one.row.group in groups}
        if len(chances) > 1:
            low, high = min(c or 0 for c in chances), max(c or 0 for c in chances)
            raise UserError(
                f"--with-confidence: gold was drawn with chances from {low:g} to {high:g}; a "
                "promise is tested on gold drawn with equal ones (`stepladder gold` without "
                "--stratify); leave it out, or draw anew"
            )

    def _of(self, groups: frozenset[str]) -> GoldRows:
        known = [one for one in self.known if one.row.group in groups]
        return replace(self, known=known)

    def teaching(self, seed: int) -> list[Known]:
        """Rows that teach: those with a label of the task, at most MOST, whole groups at random."""
        usable = [one for one in self.known if one.usable]
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


def costs(
    rows: Sequence[GoldRow], names: Sequence[str], rates: Mapping[str, Rate], scenario: Scenario
) -> dict[str, Floats]:
    """What each annotator's vote on each row costs (n), in USD."""
    return {
        name: np.array(
            [float(rates[name].cost(scenario.usage(r.votes[name].usage)).decimal) for r in rows]
        )
        for name in names
    }
