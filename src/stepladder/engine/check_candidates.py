"""Candidates against what the annotators can read and the budget can pay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from stepladder.engine.findings import Findings
from stepladder.engine.setup import Setup
from stepladder.engine.staff import Staff
from stepladder.engine.window import Room, Window, windows_of
from stepladder.types import Candidate

SHOWN = 3
"""Candidates of one kind of problem that are named."""


@dataclass(slots=True)
class Several:
    """Candidates of one kind of problem: all are counted, the first ones named."""

    count: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, describe: Callable[[], str]) -> None:
        """One more."""
        self.count += 1
        if len(self.named) < SHOWN:
            self.named.append(describe())

    def __str__(self) -> str:
        more = self.count - len(self.named)
        return ", ".join(self.named) + (f" and {more:,} more" if more else "")


@dataclass(slots=True)
class Look:
    """A look at one candidate after the other, remembering what is wrong."""

    staff: Staff
    windows: dict[str, Window]
    seeing: Mapping[bool, frozenset[str]]
    """Who may see a candidate that is local only, and one that is not."""
    unreadable: Several = field(default_factory=Several)
    """Candidates that no machine on their route can read."""
    hidden: Several = field(default_factory=Several)
    """Candidates that nobody may see."""
    skipped: Counter[str] = field(default_factory=Counter)
    """How many candidates an annotator may be unable to read, by its name."""

    @classmethod
    def by(cls, setup: Setup) -> Look:
        """Nothing seen yet."""
        staff = Staff.of(setup)
        seeing = {local: _seeing(staff, local_only=local) for local in (False, True)}
        return cls(staff, windows_of(setup), seeing)

    def at(self, _: int, candidate: Candidate) -> None:
        """Look at one more; its place does not matter."""
        staff = self.staff
        seeing = self.seeing[candidate.local_only]
        if not seeing:
            self.hidden.add(lambda: repr(candidate.id))
        rooms = {n: window.room_for(candidate) for n, window in self.windows.items() if n in seeing}
        if all(room is Room.ENOUGH for room in rooms.values()):
            return
        machines = [name for name in seeing if not staff.policy.is_person(name)]
        narrow = [name for name, room in rooms.items() if room is Room.NONE]
        if machines and len(narrow) == len(machines):
            longest = max((self.windows[name] for name in narrow), key=lambda w: w.context)
            self.unreadable.add(lambda: f"{candidate.id!r} ({longest.described(candidate)})")
        else:
            self.skipped.update(n for n, room in rooms.items() if room is not Room.ENOUGH)

    def report(self, file: str, findings: Findings) -> None:
        """Say what was wrong."""
        if self.unreadable.count:
            findings.error(
                f"{file}: id {self.unreadable} is too long for every model on its route; "
                "shorten or drop the row, or ask a model with a larger context window"
            )
        if self.hidden.count:
            findings.warn(f"{file}: id {self.hidden} is local only, and no annotator is local")
        for name, count in self.skipped.items():
            findings.warn(
                f"{file}: {count} texts may not fit the context window of {name!r} "
                f"({self.windows[name].context:,} tokens); they climb on to the next tier"
            )


def _seeing(staff: Staff, *, local_only: bool) -> frozenset[str]:
    anyone = Candidate("", local_only=local_only)
    return frozenset(n for tier in staff.reachable(anyone) for n in staff.asked_in(tier, anyone))


def first_tier_problem(setup: Setup, candidates: Iterable[Candidate]) -> str | None:
    """Why the policy's budget cannot pay for one candidate, or None."""
    first, budget = next(iter(candidates), None), setup.policy.budget.usd
    if first is None or budget is None:
        return None
    least = Staff.of(setup).least(first).usd
    if least.decimal <= budget:
        return None
    return (
        f"a budget of {budget} USD cannot pay for one candidate: {first.id!r} may cost "
        f"{least} in the first tier alone; raise usd under [budget]"
    )
