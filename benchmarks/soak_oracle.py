"""What was charged, by the provider's books, against what the ledger says was spent and held."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.soak_schedule import RunPlan, Schedule

MONEY = """
    SELECT run.name, a.wage, coalesce(s.outcome, 'open'),
           sum(coalesce(s.cost_pico, a.quote_pico)), count(*)
    FROM attempt a JOIN run ON run.id = a.id >> 32
    LEFT JOIN settlement s ON s.attempt = a.id GROUP BY 1, 2, 3"""
LEASED = "SELECT coalesce(sum(usd_pico), 0), coalesce(sum(wages_pico), 0) FROM lease"
TWICE = """
    SELECT count(*) FROM (SELECT 1 FROM settlement s JOIN attempt a ON a.id = s.attempt
    WHERE s.outcome = 'unknown' AND s.cost_pico <> a.quote_pico)"""
DECIDED = """
    SELECT run.name, count(DISTINCT d.candidate) FROM decision d
    JOIN run ON run.id = d.id >> 32 GROUP BY 1"""


class Purse(NamedTuple):
    """Whose money, and of which wall."""

    run: str
    wage: bool


@dataclass(slots=True)
class Money:
    """What a ledger says of one purse, in pico-USD."""

    settled: int = 0
    held: int = 0
    """For attempts that are out."""
    unsure: int = 0
    """Settled at a quote, or as failed: at least what was charged."""
    attempts: int = 0


@dataclass(slots=True)
class Charged:
    """What the books say of one purse, in pico-USD."""

    charged: int = 0
    overstated: int = 0
    """By how much more the replies spoke of."""
    beyond: int = 0
    """What was billed beyond quotes: nobody can know of it before the reply is there."""


@dataclass(frozen=True)
class Oracle:
    """Compares the books with the ledger, at any moment and at the end."""

    schedule: Schedule
    folder: Path

    @cached_property
    def _ledger(self) -> sqlite3.Connection:
        """Read only; opened once, since it is looked at all the time."""
        url = f"file:{self.folder / 'ledger.db'}?mode=ro"
        return sqlite3.connect(url, uri=True, timeout=10)

    def close(self) -> None:
        """Let go of the ledger."""
        self._ledger.close()

    def wrong_now(self, raises: int) -> Iterator[str]:
        """What may never be, whatever is under way; `raises` is how often budgets were doubled."""
        # The books first: what is charged by now was asked for before.
        charged, money = self._charged(), self._money()
        for purse, owed in charged.items():
            known = money.get(purse, Money())
            if known.settled + known.held < owed.charged - owed.beyond:
                yield f"{purse}: charged {owed.charged}, the ledger knows of {known}"
        if not any(owed.beyond for owed in charged.values()):
            yield from self._over(money, raises)

    def wrong_at_last(self) -> Iterator[str]:
        """What may not be once every run was left to its end."""
        charged, money = self._charged(), self._money()
        for purse in money.keys() | charged.keys():
            owed, known = charged.get(purse, Charged()), money.get(purse, Money())
            sure = known.settled - known.unsure - owed.overstated
            if known.held:
                yield f"{purse}: {known.held} of attempts that never settled"
            least = owed.charged - (owed.beyond if known.unsure else 0)
            if not (sure <= owed.charged and least <= known.settled):
                yield f"{purse}: charged {owed}, the ledger has {known}"
        if found := self._one(TWICE):
            yield f"{found} unknown attempts settled at something else than their quote"

    @property
    def exact(self) -> bool:
        """Whether every attempt's cost was told, so that the books and the ledger are equal."""
        overstated = any(owed.overstated for owed in self._charged().values())
        return not overstated and not any(known.unsure for known in self._money().values())

    @property
    def beyond(self) -> bool:
        """Whether anything was billed beyond its quote."""
        return any(owed.beyond for owed in self._charged().values())

    def decided(self) -> dict[str, int]:
        """Candidates with a decision, by run."""
        return dict(self._rows(DECIDED))

    @property
    def attempts(self) -> int:
        """All that were made."""
        return sum(known.attempts for known in self._money().values())

    def _over(self, money: dict[Purse, Money], raises: int) -> Iterator[str]:
        """The budgets that are passed."""
        shared: Counter[bool] = Counter()
        for purse, known in money.items():
            plan, taken = self._plan(purse.run), known.settled + known.held
            if plan.shared:
                shared[purse.wage] += taken
                continue
            limit = plan.wages if purse.wage else plan.budget << raises
            if taken > limit:
                yield f"{purse}: {taken} of {limit}"
        usd, wages = self._rows(LEASED)[0]
        yield from _passed("shared budget", shared[False], usd, self.schedule.pot << raises)
        yield from _passed("shared wages", shared[True], wages, self._shared_wages)

    @property
    def _shared_wages(self) -> int:
        """The most that any of those who share would let all of them spend on people."""
        return max((plan.wages for plan in self.schedule.runs if plan.shared), default=0)

    def _plan(self, run: str) -> RunPlan:
        return next(plan for plan in self.schedule.runs if plan.name == run)

    def _money(self) -> dict[Purse, Money]:
        found: dict[Purse, Money] = {}
        for run, wage, outcome, pico, count in self._rows(MONEY):
            known = found.setdefault(Purse(run, bool(wage)), Money())
            known.attempts += count
            if outcome == "open":
                known.held += pico
            else:
                known.settled += pico
            if outcome in {"unknown", "failed"}:
                known.unsure += pico
        return found

    def _charged(self) -> dict[Purse, Charged]:
        found: dict[Purse, Charged] = {}
        for (run, annotator, tokens, said), times in self._lines().items():
            plan, person = self._plan(run), annotator == "person"
            temper = _temper(plan, annotator)
            owed = found.setdefault(Purse(run, person), Charged())
            owed.charged += times * tokens * temper.rate
            owed.overstated += times * (said - tokens) * temper.rate
            owed.beyond += times * max(0, tokens - temper.most) * temper.rate
        return found

    def _lines(self) -> Counter[tuple[str, str, int, int]]:
        path = self.folder / "books"
        text = path.read_text() if path.exists() else ""
        lines = (line.split() for line in text.splitlines())
        return Counter((run, one, int(tokens), int(said)) for run, one, _, tokens, said in lines)

    def _one(self, query: str) -> int:
        return int(self._rows(query)[0][0])

    def _rows(self, query: str) -> Sequence[Any]:
        return self._ledger.execute(query).fetchall()


def _passed(what: str, taken: int, leased: int, limit: int) -> Iterator[str]:
    if taken > limit or leased > limit:
        yield f"{what}: {taken} taken and {leased} leased of {limit}"


def _temper(plan: RunPlan, annotator: str) -> Any:
    if annotator == "person":
        return plan.person
    return plan.tempers[0 if annotator == "beside" else int(annotator.removeprefix("tier"))]


@dataclass(slots=True)
class Found:
    """What came of one schedule."""

    seed: int
    seconds: float = 0.0
    processes: int = 0
    killed: int = 0
    attempts: int = 0
    looks: int = 0
    """How often the ledger was looked at from outside while it was at work."""
    exact: bool = False
    beyond: bool = False
    problems: list[str] = field(default_factory=list)
