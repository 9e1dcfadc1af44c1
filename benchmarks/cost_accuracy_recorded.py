"""A recording, read as `stepladder tune` reads it, priced and split by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from benchmarks.peers.rows import SILENT, Rows
from benchmarks.recordings import halves
from stepladder.confidence import Fit, GoldRow
from stepladder.confidence.many import ManyVotes
from stepladder.policy import Policy, RecordedSpec, Tier
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario
from stepladder.simulate.casting import cast
from stepladder.simulate.replay import Player
from stepladder.task import Task
from stepladder.task.schema import LabelSpec
from stepladder.tune.considering import MOST_ANNOTATORS, costs
from stepladder.tune.reading import read_gold
from stepladder.types import SINGLE_QUESTION
from stepladder.types.arrays import Flags, Floats, Numbers

SHARES = (0.10, 0.25, 0.50)
"""Budgets that are shown, of the best single model's mean cost."""
GRID = 16
"""Budgets of the area, evenly on a logarithmic scale."""


@dataclass(frozen=True, slots=True)
class Source:
    """What to read, and how."""

    path: Path
    labels: tuple[str, ...]
    """Of the task; none for those of the gold."""
    annotators: tuple[str, ...]
    """The models to choose from; none for all of the recording."""
    prices: Path | None
    day: date
    questions: bool
    """Whether the question of a row may be known."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """All rows with gold and everybody's vote (n)."""

    name: str
    labels: tuple[str, ...]
    base: Policy
    """Asks each model in a tier of its own."""
    scenario: Scenario
    names: tuple[str, ...]
    """The models, cheap ones first (m)."""
    rows: tuple[GoldRow, ...]
    usd: Mapping[str, Floats]
    """What each model's vote costs, by model (n)."""

    @cached_property
    def each_usd(self) -> Floats:
        """The same as a table (n x m)."""
        return np.stack([self.usd[name] for name in self.names], axis=1)

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {label: number for number, label in enumerate(self.labels)}

    @cached_property
    def gold(self) -> Numbers:
        """Number of the right label (n)."""
        return np.array([self._place[row.gold] for row in self.rows], dtype=np.int64)

    @cached_property
    def votes(self) -> Numbers:
        """Number of the label that each model named (n x m)."""
        said = [[row.votes[name].label for name in self.names] for row in self.rows]
        found = [[SILENT if one is None else self._place[one] for one in row] for row in said]
        return np.array(found, dtype=np.int64)

    @cached_property
    def question(self) -> Numbers:
        """Number of the question (n)."""
        names = np.array([row.candidate.question for row in self.rows])
        return np.asarray(np.unique(names, return_inverse=True)[1], dtype=np.int64)

    @cached_property
    def accuracy(self) -> Floats:
        """Of each model, on all rows (m)."""
        return np.asarray((self.votes == self.gold[:, None]).mean(axis=0), dtype=np.float64)

    @property
    def best(self) -> int:
        """The number of the most accurate model."""
        return int(self.accuracy.argmax())

    @cached_property
    def budgets(self) -> Floats:
        """USD per row: SHARES of the best single model's, then the grid of the area.

        The grid goes from the cheapest model's mean cost to the best one's.
        """
        mean = self.each_usd.mean(axis=0)
        best = float(mean[self.best])
        grid = np.geomspace(float(mean.min()) * 1.0001, best, GRID)
        return np.concatenate([best * np.array(SHARES), grid])

    def known(self, count: int, seed: int) -> Flags:
        """Which rows teach (n): about so many, whole groups at random."""
        groups = {row.group for row in halves(self.rows, count, seed).known}
        return np.array([row.group in groups for row in self.rows], dtype=bool)

    def some(self, chosen: Flags) -> list[GoldRow]:
        """The chosen rows."""
        return [self.rows[place] for place in np.flatnonzero(chosen).tolist()]

    def table(self, chosen: Flags, fit: Fit, sets: Sequence[tuple[str, ...]]) -> Rows:
        """The chosen rows as peers see them."""
        rows = self.some(chosen)
        votes = {name: [row.votes[name] for row in rows] for name in self.names}
        many = ManyVotes(fit, [row.candidate for row in rows], votes)
        return Rows(
            votes=self.votes[chosen],
            gold=self.gold[chosen],
            question=self.question[chosen],
            usd=self.each_usd[chosen],
            posteriors=np.nan_to_num(np.stack([many.posteriors(names) for names in sets])),
            questions=int(self.question.max()) + 1,
        )


@cache
def read(source: Source) -> Recorded:
    """Read and price it; raises UserError, or ends the program where there are too many models."""
    task = _task(source.path.stem, source.labels) if source.labels else None
    recording = Recording.open(source.path, task)
    asked = source.annotators or tuple(recording.contents.annotators)
    if len(asked) > MOST_ANNOTATORS:
        raise SystemExit(
            f"{source.path.name}: {len(asked)} annotators; name at most {MOST_ANNOTATORS} of them "
            f"with --annotators: {', '.join(asked)}"
        )
    base = _base(asked, source.path)
    labels = recording.task.label_names
    speakers = cast(base, recording.contents.annotators)
    found = read_gold(recording, Player(base, labels, speakers))
    rows = [_asked(one.row, source) for one in found.known if one.usable]
    scenario = Scenario(
        PriceBook.load([] if source.prices is None else [source.prices]), source.day
    )
    usd = costs(rows, asked, scenario.rates(base), scenario)
    names = tuple(sorted(asked, key=lambda name: float(usd[name].mean())))
    return Recorded(source.path.stem, labels, base, scenario, names, tuple(rows), usd)


def _task(name: str, labels: Sequence[str]) -> Task:
    meanings = {label: LabelSpec() for label in labels}
    return Task(name=name, instructions="as recorded", labels=meanings)


def _base(names: Sequence[str], path: Path) -> Policy:
    specs = {
        name: RecordedSpec(kind="recorded", recording=str(path), annotator=name) for name in names
    }
    tiers = tuple(Tier(name=name, ask=(name,)) for name in names)
    return Policy(name="recorded", annotators=specs, tiers=tiers)


def _asked(row: GoldRow, source: Source) -> GoldRow:
    if source.questions:
        return row
    return replace(row, candidate=replace(row.candidate, question=SINGLE_QUESTION))
