"""A look through all candidates before anything is paid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from stepladder.engine.burden import Estimate
from stepladder.engine.gold import Gold
from stepladder.policy import Policy
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import Candidate

Observer = Callable[[int, Candidate], None]
"""Is shown every candidate once, with its place, counted from 0."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a look through the candidates found: every row was checked."""

    total: int
    """How many there are."""
    gold: int
    """How many of them have a trusted label."""
    calibration: tuple[int, ...]
    """The places, counted from 0, of those that calibrate, in the order to ask about them."""
    gold_groups: int
    """How many groups those with a trusted label are of."""
    worth: float
    """How many rows of equal weight those that calibrate are worth: fewer where chances differ."""
    warnings: tuple[str, ...] = ()
    """What the user should know of them."""
    gold_warnings: tuple[str, ...] = ()
    """What the user should know of their gold."""
    gold_gaps: tuple[str, ...] = ()
    """What calibration cannot learn from it."""
    estimate: Estimate | None = None
    """Their price, if it was wanted."""
    key: str = ""
    """Under which the ledger notes this, so that a resumed run need not look again."""
    noted: bool = False
    """Whether the ledger has it already."""


def look_through(
    candidates: Iterable[Candidate], policy: Policy, seed: int, observers: Sequence[Observer] = ()
) -> Intake:
    """Read all candidates once, so that a bad row is found before anything is paid.

    One pass serves everybody who has to look at each. `seed` chooses the calibration rows.
    """
    total, gold = 0, Gold()
    for place, candidate in enumerate(candidates):
        total = place + 1
        if candidate.gold is not None:
            gold.add(place, candidate.group, candidate.sampled)
        for observe in observers:
            observe(place, candidate)
    chosen = gold.choose(policy, seed)
    worth = gold.worth(chosen)
    return Intake(
        total, len(gold), chosen, gold.groups, worth, gold_warnings=gold.too_large(policy)
    )


def candidates_at(candidates: Iterable[Candidate], places: Sequence[int]) -> list[Candidate]:
    """The candidates at these places, counted from 0, in the order asked for."""
    if not places:
        return []
    if isinstance(candidates, CandidatesFile):
        return candidates.at(places)
    wanted = frozenset(places)
    found = {place: one for place, one in enumerate(candidates) if place in wanted}
    return [found[place] for place in places]
