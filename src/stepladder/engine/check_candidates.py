"""Candidates against what the annotators can read, and gold against what calibration needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from stepladder.engine.calibrating import choose_rows
from stepladder.engine.findings import Findings
from stepladder.engine.setup import Setup
from stepladder.engine.staff import Staff
from stepladder.engine.window import Room, Window, windows_of
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import Candidate

SHOWN = 3
"""Candidates of one kind of problem that are named."""


def check_candidates(
    setup: Setup, candidates: CandidatesFile, findings: Findings
) -> list[Candidate]:
    """Look at every candidate; those with gold come back.

    Raises TableError for a row that cannot be read.
    """
    staff = Staff(setup.policy, setup.annotators, setup.rates)
    look = _Look(staff, windows_of(setup))
    gold: list[Candidate] = []
    for candidate in candidates:
        look.at(candidate)
        if candidate.gold is not None:
            gold.append(candidate)
    look.report(str(candidates.path), findings)
    return gold


@dataclass(slots=True)
class _Look:
    """A look at one candidate after the other, remembering what is wrong."""

    staff: Staff
    windows: dict[str, Window]
    unreadable: list[str] = field(default_factory=list)
    """Candidates that no machine on their route can read."""
    hidden: list[str] = field(default_factory=list)
    """Candidates that nobody may see."""
    skipped: Counter[str] = field(default_factory=Counter)
    """How many candidates an annotator may be unable to read, by its name."""

    def at(self, candidate: Candidate) -> None:
        staff = self.staff
        seeing = {n for tier in staff.reachable(candidate) for n in staff.asked_in(tier, candidate)}
        if not seeing:
            self.hidden.append(repr(candidate.id))
        rooms = {n: self.windows[n].room_for(candidate) for n in seeing if n in self.windows}
        machines = [name for name in seeing if not staff.policy.is_person(name)]
        narrow = [name for name, room in rooms.items() if room is Room.NONE]
        if machines and len(narrow) == len(machines):
            longest = max((self.windows[name] for name in narrow), key=lambda w: w.context)
            self.unreadable.append(f"{candidate.id!r} ({longest.described(candidate)})")
        else:
            self.skipped.update(n for n, room in rooms.items() if room is not Room.ENOUGH)

    def report(self, file: str, findings: Findings) -> None:
        if self.unreadable:
            findings.error(
                f"{file}: id {_some(self.unreadable)} is too long for every model on its route; "
                "shorten or drop the row, or ask a model with a larger context window"
            )
        if self.hidden:
            findings.warn(
                f"{file}: id {_some(self.hidden)} is local only, and no annotator is local"
            )
        for name, count in self.skipped.items():
            findings.warn(
                f"{file}: {count} texts may not fit the context window of {name!r} "
                f"({self.windows[name].context:,} tokens); they climb on to the next tier"
            )


def _some(ids: list[str]) -> str:
    more = len(ids) - SHOWN
    return ", ".join(ids[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def check_gold(setup: Setup, gold: list[Candidate], seed: int, findings: Findings) -> None:
    """Warn when there is too little gold for the probabilities that accept rules want."""
    wanted = setup.policy.calibration
    rows = len(choose_rows(gold, setup.policy, seed))
    if _needs_probabilities(setup) and rows < wanted.minimum:
        findings.warn(
            f"{rows} rows of gold to calibrate on (of {len(gold)} with gold), but at least "
            f"{wanted.minimum} are needed: probabilities stay uncalibrated"
        )


def _needs_probabilities(setup: Setup) -> bool:
    rules = (rule for tier in setup.policy.tiers for rule in tier.accept)
    return any(given is not None for r in rules for given in (r.probability, r.margin, r.entropy))


def first_tier_problem(setup: Setup, candidates: Iterable[Candidate]) -> str | None:
    """Why the policy's budget cannot pay for one candidate, or None."""
    first, budget = next(iter(candidates), None), setup.policy.budget.usd
    if first is None or budget is None:
        return None
    staff = Staff(setup.policy, setup.annotators, setup.rates)
    tiers = staff.reachable(first)
    offers = staff.offers(tiers, staff.quotes(first, tiers))
    if not offers or offers[-1].usd.decimal <= budget:
        return None
    return (
        f"a budget of {budget} USD cannot pay for one candidate: {first.id!r} may cost "
        f"{offers[-1].usd} in the first tier alone; raise usd under [budget]"
    )
