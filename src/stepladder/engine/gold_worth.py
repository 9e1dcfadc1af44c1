"""What the gold there is would be worth to a run that calibrates on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from stepladder.engine.check_gold import Gap, GoldLook, raise_rows
from stepladder.engine.gold import Gold
from stepladder.policy import Policy
from stepladder.policy.schema import Calibration
from stepladder.task import Task
from stepladder.task.trusted import Trusted
from stepladder.types import Candidate, CandidateKey

SEED = 0
"""By which `label` chooses the calibration rows, unless it is told otherwise."""
ROUNDING = 1e-6
"""Thirty rows of equal weight are not worth 29."""
DEFAULTS = Policy.model_validate(
    {
        "name": "defaults",
        "annotators": {"nobody": {"kind": "scripted", "answers": {}}},
        "tiers": [{"name": "nobody", "ask": "nobody"}],
    }
)
"""Whose calibration counts where no policy is named; it asks nobody."""


@dataclass(frozen=True, slots=True)
class GoldWorth:
    """How many rows would calibrate, and what could not be learnt from them."""

    calibrating: int
    """Rows of gold that a run would calibrate on: whole groups, within the policy's share."""
    effective: int
    """How many rows of equal weight these are worth: fewer where chances to be drawn differ."""
    minimum: int
    """How many of these it needs."""
    gaps: tuple[Gap, ...]
    """What is wrong with them, however many there are."""

    @property
    def enough(self) -> bool:
        """Whether something can be calibrated."""
        return not self.short and not any(gap.blocks for gap in self.gaps)

    @property
    def more_helps(self) -> bool:
        """Whether more rows drawn from the same file can mend what is not enough."""
        return not self.enough and all(gap.more_helps for gap in self.gaps if gap.blocks)

    @property
    def short(self) -> int:
        """Rows that are missing among those that calibrate."""
        return max(0, self.minimum - self.effective)


def worth(
    candidates: Iterable[Candidate],
    trusted: Mapping[CandidateKey, Trusted],
    task: Task,
    policy: Policy,
) -> GoldWorth:
    """By the rules of a run; `trusted` is gold beside the candidates' own."""
    gold, look = Gold(), GoldLook(task)
    for place, candidate in enumerate(candidates):
        given = trusted.get(candidate.key) if candidate.gold is None else None
        if given is not None:
            candidate = replace(candidate, gold=given.label, sampled=given.sampled)
        look.at(place, candidate)
        if candidate.gold is not None:
            gold.add(place, candidate.group, candidate.sampled)
    wanted = policy.calibration
    chosen = gold.choose(policy, SEED)
    calibrating = len(chosen)
    capped = calibrating < wanted.minimum and _capped(len(gold), wanted)
    gaps = (*look.found(), *(_too_few(calibrating, wanted) if capped else ()))
    return GoldWorth(calibrating, int(gold.worth(chosen) + ROUNDING), wanted.minimum, gaps)


def _capped(gold: int, wanted: Calibration) -> bool:
    return wanted.rows < wanted.minimum or int(gold * wanted.share) >= wanted.rows


def _too_few(calibrating: int, wanted: Calibration) -> Iterator[Gap]:
    said = (
        f"{calibrating:,} rows of gold calibrate where {wanted.minimum:,} are needed, and more "
        f"gold changes nothing; {raise_rows(wanted)}"
    )
    yield Gap(said, blocks=True, more_helps=False)
