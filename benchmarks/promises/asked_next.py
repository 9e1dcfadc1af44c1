"""`stepladder next-gold` and `tune --count-gold`, from files as a user gives them.

People label a pilot, then what `next-gold` asks for; all of it counts as theirs.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.promises.product import DAY
from benchmarks.promises.rows import Delivered, judged
from stepladder.policy import HumanSpec, Policy, RecordedSpec, Tier
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario, simulate
from stepladder.tables import read_rows
from stepladder.task.gold_sheet import write_sheet
from stepladder.tune import End, Promise, Wish, tune
from stepladder.tune.goal import AtMostError
from stepladder.tune.material import Material
from stepladder.tune.next_gold import next_gold
from stepladder.tune.promise import Of
from stepladder.tune.tuned import Chosen

PILOT, TEST = 50, 250
"""Random rows that begin, and that test."""
TIERS = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """A recording with gold for every row, whose gold is kept from the product."""

    full: Path
    lines: Sequence[Mapping[str, Any]]
    base: Policy
    scenario: Scenario

    @classmethod
    def of(cls, full: Path) -> Desk:
        """Read it; everybody recorded may be asked, and a person."""
        lines = [json.loads(line) for line in full.read_text(encoding="utf-8").splitlines()]
        names = list(lines[0]["votes"])
        recorded = {n: RecordedSpec(kind="recorded", recording="", annotator=n) for n in names}
        base = Policy(
            name="recorded",
            annotators={"person": HumanSpec(kind="human"), **recorded},
            tiers=tuple(Tier(name=name, ask=(name,)) for name in names),
        )
        return cls(full, lines, base, Scenario(PriceBook.load(), DAY))

    def delivered(
        self, errors: Sequence[float], confidence: float, seed: int
    ) -> Iterator[tuple[float, Delivered]]:
        """By error: the share of all rows that machines label, and whether too many are wrong."""
        with TemporaryDirectory() as folder:
            path, sheet = Path(folder) / "votes.jsonl", Path(folder) / "next.csv"
            pilot = np.random.default_rng(seed).permutation(len(self.lines))[:PILOT]
            self._write(path, pilot.tolist())
            recording = Recording.open(path)
            goal = AtMostError(max(errors), Of.DELIVERED)
            wish = Wish(goal, None, End.PERSON, 1, seed)
            material = Material(recording, self.base, self.scenario, wish)
            for error in errors:
                found = next_gold(material, error, TEST)
                write_sheet(sheet, recording.task, [*found.free, *found.test], chances=True)
                self._fill(sheet)
                given = Recording.open(path, recording.task, sheet)
                yield error, self._judged(error, self._tuned(given, error, confidence, seed))

    def _tuned(self, given: Recording, error: float, confidence: float, seed: int) -> Chosen | None:
        promise = Promise(error, confidence, Of.ALL)
        goal = AtMostError(error, Of.DELIVERED)
        wish = Wish(goal, promise, End.PERSON, TIERS, seed)
        return tune(given, self.base, self.scenario, wish).chosen

    def _judged(self, error: float, chosen: Chosen | None) -> Delivered:
        if chosen is None or chosen.frozen is None:
            return Delivered(0.0, broken=False)
        done = simulate(Recording.open(self.full), chosen.policy, frozen=chosen.frozen)
        people = [any(map(chosen.policy.is_person, tier.ask)) for tier in chosen.policy.tiers]
        stop = done.outcome.stop
        by_machine = done.outcome.labelled & ~np.array(people)[stop]
        top = np.stack([rung.top for rung in done.replay.rungs])[stop, np.arange(len(stop))]
        wrong = by_machine & (top != done.replay.gold)
        return judged(by_machine, wrong, error, len(self.lines))

    def _write(self, path: Path, pilot: Sequence[int]) -> None:
        """The recording, with the gold of the pilot alone."""
        asked = frozenset(pilot)
        with path.open("w", encoding="utf-8") as file:
            for number, line in enumerate(self.lines):
                known = line if number in asked else {**line, "gold": None}
                file.write(json.dumps(known) + "\n")

    def _fill(self, sheet: Path) -> None:
        """People label what is on the sheet."""
        gold = {line["id"]: line["gold"] for line in self.lines}
        rows = [row.values for row in read_rows(sheet)]
        with sheet.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["id", "label", "sampled"], extrasaction="ignore")
            writer.writeheader()
            writer.writerows({**row, "label": gold[row["id"]]} for row in rows)
