"""What `stepladder tune` and `next-gold` search over: a recording, its annotators, their prices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from pathlib import Path

from stepladder.errors import PriceError, UserError
from stepladder.nearest import did_you_mean
from stepladder.policy import HumanSpec, Policy, RecordedSpec, Tier, confidence_of, load_policy
from stepladder.policy.load import policy_folder
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario
from stepladder.task import load_task
from stepladder.types import Usd


@dataclass(frozen=True, slots=True)
class Searched:
    """The arguments and options as they were given."""

    recording: Path
    gold: tuple[Path, ...]
    """Sheets of gold for rows that had none, in the order in which they came."""
    policy: Path | None
    task: Path | None
    annotators: tuple[str, ...]
    prices: Path | None
    day: date
    human_price: Usd | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """All that are read."""
        named = (self.recording, *self.gold, self.policy, self.task, self.prices)
        return tuple(path for path in named if path is not None)

    def opened(self) -> Recording:
        """The recording, looked through; raises TableError or TaskError."""
        return Recording.open(
            self.recording, load_task(self.task) if self.task else None, *self.gold
        )

    def base(self, recording: Recording) -> Policy:
        """The annotators to search over; raises PolicyError or UserError."""
        if self.policy is not None:
            return _only(load_policy(self.policy), self.annotators)
        known = recording.contents.annotators
        for name in self.annotators:
            if name not in known:
                near = did_you_mean(name, known)
                raise UserError(f"--annotators {name}: not in the recording; {near}")
        names = self.annotators or tuple(known)
        if not names:
            raise UserError(f"{self.recording}: holds no votes")
        path = str(self.recording.resolve())
        return Policy(
            name="recorded",
            annotators={
                _free("person", names): HumanSpec(kind="human"),
                **{
                    name: RecordedSpec(kind="recorded", recording=path, annotator=name)
                    for name in names
                },
            },
            tiers=tuple(Tier(name=name, ask=(name,)) for name in names),
        )

    @property
    def folder(self) -> Path:
        """Where the base policy's relative paths begin."""
        return Path() if self.policy is None else policy_folder(self.policy)

    def priced(self, base: Policy) -> Scenario:
        """The prices; raises PriceError where one is unknown."""
        book = PriceBook.load([self.folder / name for name in base.prices])
        if self.prices is not None:
            book = PriceBook.load([self.prices]).over(book)
        found = Scenario(book, self.day, self.day.isoformat(), human_price=self.human_price)
        try:
            found.rates(base)
        except PriceError as problem:
            policy = "" if self.policy is not None else "--policy P.toml that names the models, "
            raise PriceError(
                f"{problem} Or give {policy}--at a day, --prices a file, or --annotators without "
                "that one."
            ) from None
        return found


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or one like it that nobody has."""
    return next(one for one in chain([name], (f"{name}-{n}" for n in count(2))) if one not in taken)


def _only(policy: Policy, names: tuple[str, ...]) -> Policy:
    """The policy, each of its machines in a tier of its own."""
    for name in names:
        if name not in policy.annotators or policy.is_person(name):
            near = did_you_mean(name, policy.machines)
            raise UserError(f"--annotators {name}: no machine of the policy; {near}")
    chosen = names or policy.machines
    tiers = tuple(Tier(name=n, ask=(n,), confidence=confidence_of(policy, n)) for n in chosen)
    return policy.model_copy(update={"tiers": tiers, "fitted": None, "evidence": None})
