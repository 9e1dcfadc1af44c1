"""What `stepladder simulate` was asked to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from stepladder.policy import Policy
from stepladder.policy.load import policy_folder
from stepladder.pricing import PriceBook
from stepladder.simulate import Scenario
from stepladder.types import Usd


@dataclass(frozen=True, slots=True)
class SimulateRequest:
    """The command's arguments and options as they were given."""

    recording: Path
    policies: tuple[Path, ...]
    task: Path | None
    prices: tuple[Path, ...]
    day: date
    human_price: Usd | None
    times: Mapping[str, Fraction]
    batch: bool
    cached: Fraction
    seed: int
    plot: Path | None
    out: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        """All that are read."""
        task = () if self.task is None else (self.task,)
        return (self.recording, *task, *self.policies, *self.prices)

    def scenarios(self, path: Path, policy: Policy) -> Sequence[Scenario]:
        """What prices a policy is tried at: each table's, or its own; raises PriceError."""
        folder = policy_folder(path)
        own = PriceBook.load([folder / name for name in policy.prices])
        if not self.prices:
            return [self._scenario(own, f"{self.day.isoformat()}")]
        return [
            self._scenario(PriceBook.load([table]).over(own), table.stem) for table in self.prices
        ]

    def _scenario(self, book: PriceBook, name: str) -> Scenario:
        changes = [name, *(f"{who} x {float(by):g}" for who, by in self.times.items())]
        if self.batch:
            changes.append("batch")
        if self.cached:
            changes.append(f"{float(self.cached):.0%} cached")
        return Scenario(
            book=book,
            day=self.day,
            name=", ".join(changes),
            human_price=self.human_price,
            times=self.times,
            batch=self.batch,
            cached=self.cached,
        )
