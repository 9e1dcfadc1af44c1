"""What annotators were paid, and what each would have cost alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from stepladder.engine.crew import Finished
from stepladder.engine.setup import Setup
from stepladder.engine.staff import Staff
from stepladder.types import NOTHING, Candidate, Usd


@dataclass(slots=True)
class Paid:
    """What one annotator's votes cost."""

    votes: int = 0
    cost: Usd = NOTHING


@dataclass(slots=True)
class Payroll:
    """What every annotator's votes cost, added up as decisions come."""

    by_annotator: dict[str, Paid] = field(default_factory=dict)

    def add(self, finished: Finished) -> None:
        """Count the votes behind one decision."""
        for vote in finished.votes:
            paid = self.by_annotator.setdefault(vote.annotator, Paid())
            paid.votes += 1
            paid.cost += vote.cost


@dataclass(frozen=True, slots=True)
class Alone:
    """What one annotator alone would cost for all candidates."""

    annotator: str
    cost: Usd
    votes: int
    """Votes whose mean cost this stands on; with none it is the sum of quotes, the most."""


def dearest_alone(
    setup: Setup, payroll: Payroll, candidates: Iterable[Candidate], total: int
) -> Alone | None:
    """The annotator on the ladder that would cost most if it did everything.

    By its mean cost per candidate so far; by its quotes if it gave no vote.
    """
    if not total:
        return None
    alone = [_measured(name, paid, total) for name, paid in payroll.by_annotator.items()]
    silent = [name for name in setup.rates if name not in payroll.by_annotator]
    alone += _quoted(setup, silent, candidates) if silent else []
    return max(alone, key=lambda one: one.cost, default=None)


def _measured(name: str, paid: Paid, total: int) -> Alone:
    return Alone(name, Usd(paid.cost.pico * total // paid.votes), paid.votes)


def _quoted(setup: Setup, names: Sequence[str], candidates: Iterable[Candidate]) -> list[Alone]:
    staff = Staff.of(setup)
    sums = dict.fromkeys(names, NOTHING)
    for candidate in candidates:
        for name in names:
            for call in staff.calls[name]:
                sums[name] += staff.quote(call, candidate)
    return [Alone(name, cost, 0) for name, cost in sums.items()]
