"""Runs that are killed with SIGKILL and resumed, against a provider that keeps its own books."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.soak_killed import Moment, live, price, warm_up
from stepladder.ledger import connect, explain
from stepladder.testing import FakeProvider
from stepladder.testing.bill import Purchase

PATIENCE = 120.0
"""Seconds after which a run counts as hung."""
MARK = re.compile(r"\[(c\d+)\]")
LATENCY = 0.02
"""Seconds that the provider takes to answer."""


class Call(NamedTuple):
    """One annotator about one candidate."""

    candidate: str
    annotator: str


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a run does that nobody kills."""

    decisions: Mapping[str, Any]
    writes: int
    seconds: float


@dataclass(slots=True)
class Killed:
    """What came of one run that was killed, once or more, and resumed."""

    seed: int
    kills: int = 0
    at_writes: int = 0
    kept: int = 0
    """Answers that were on disk at the kills."""
    unknown: int = 0
    """Attempts whose outcome nobody knows."""
    bought: int = 0
    """Attempts that the provider charged."""
    exact: bool = False
    """Whether the ledger's spend is the bill, to the pico-USD."""
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Killer:
    """Kills runs against one provider."""

    provider: FakeProvider
    undisturbed: Mapping[int, Undisturbed]
    """By how many rows calibrate."""

    @classmethod
    def against(cls, provider: FakeProvider) -> Killer:
        """Measures what runs do that nobody kills."""
        warm_up(provider.base_url)
        return cls(provider, {gold: _undisturbed(provider, gold) for gold in (0, 6)})

    def kill(self, seed: int) -> Killed:
        """Kill a run as the seed has it, resume it to its end, and look what became of it."""
        chance = Random(f"kill:{seed}")
        gold = chance.choice((0, 6))
        found = Killed(seed)
        with tempfile.TemporaryDirectory(prefix="kill") as name:
            self.provider.start_over()
            case = _Case(Path(name), self.provider, gold, found)
            for _ in range(chance.choice((1, 1, 1, 2, 3))):
                case.kill(self._moment(chance, seed, gold))
            case.resume(self.undisturbed[gold])
        return found

    def _moment(self, chance: Random, seed: int, gold: int) -> Moment:
        like = self.undisturbed[gold]
        if seed % 2:
            return Moment(seconds=chance.uniform(0, 0.9 * like.seconds))
        # One after the other, so that every write has its turn.
        return Moment(write=1 + seed // 4 % like.writes, before=seed // 2 % 2 == 0)


@dataclass(frozen=True, slots=True)
class _Case:
    folder: Path
    provider: FakeProvider
    gold: int
    found: Killed

    def kill(self, moment: Moment) -> None:
        """One start that does not reach its end."""
        before = self._votes()
        code = _wait(self._start(moment), moment.seconds)
        if code is None:
            self.found.problems.append(f"{moment}: hung")
        self.found.kills += code == -signal.SIGKILL
        self.found.at_writes += code == -signal.SIGKILL and moment.write > 0
        if code not in {0, -signal.SIGKILL, None}:
            self.found.problems.append(f"{moment}: ended with {code}")
        self._lost(before, "a kill")

    def resume(self, undisturbed: Undisturbed) -> None:
        """One start that does."""
        kept, bought = self._votes(), self._bought()
        self.found.kept = len(kept)
        code = _wait(self._start(Moment()), 0)
        if code:
            self.found.problems.append(f"resumed: ended with {code}")
        if code != 0:
            self.found.problems += ["resumed: hung"] if code is None else []
            return
        self._lost(kept, "the resumed run")
        self.found.problems += self._bought_again(kept, bought)
        self.found.problems += self._money()
        self.found.problems += self._decisions(undisturbed)

    def _start(self, moment: Moment) -> int:
        pid = os.fork()
        if pid == 0:
            live(self.folder, self.provider.base_url, self.gold, moment)
        return pid

    def _lost(self, kept: Counter[Call], by: str) -> None:
        if gone := kept - self._votes():
            self.found.problems.append(f"answers lost by {by}: {gone}")

    def _bought_again(self, kept: Counter[Call], bought: Counter[Call]) -> Iterator[str]:
        """What was charged for although it was there, or could be."""
        now, unknown = self._bought(), self._unknown()
        self.found.bought, self.found.unknown = now.total(), unknown.total()
        for call, times in now.items():
            if call in kept and times != bought[call]:
                yield f"{call}: was on disk, and bought again"
            if times > 1 + unknown[call]:
                yield f"{call}: bought {times} times, {unknown[call]} with unknown outcome"
        for call, votes in self._votes().items():
            if votes != 1 or now[call] < 1:
                yield f"{call}: {votes} votes, {now[call]} purchases"

    def _money(self) -> Iterator[str]:
        spent, unknown = self._sum("true"), self._sum("s.outcome = 'unknown'")
        bill = self.provider.bill().cost(price()).pico
        self.found.exact = spent == bill
        if not spent - unknown <= bill <= spent:
            yield f"spent {spent}, of it {unknown} unknown, billed {bill}"
        if self._sum("s.outcome = 'unknown'", "a.quote_pico") != unknown:
            yield "unknown outcomes settled at something else than their quote"
        if self._sum("s.attempt IS NULL", "1"):
            yield "attempts that never settled"
        if self._sum("s.outcome NOT IN ('answered', 'unknown')", "1"):
            yield "attempts that ended in some other way"
        if (listed := self._listed()) != self._unknown():
            yield f"explained: {listed} unknown, in the ledger: {self._unknown()}"

    def _decisions(self, undisturbed: Undisturbed) -> Iterator[str]:
        made = json.loads((self.folder / "decisions.json").read_text())
        for name in made.keys() | undisturbed.decisions.keys():
            ours, theirs = made.get(name), undisturbed.decisions.get(name)
            if ours != theirs:
                yield f"{name}: decided {ours}; undisturbed {theirs}"

    def _listed(self) -> Counter[Call]:
        """The unknown outcomes that `stepladder explain` shows."""
        engine = connect(_url(self.folder))
        try:
            calls = {call.candidate for call in self._unknown()}
            shown = [
                one for name in calls for told in explain(engine, name) for one in told.attempts
            ]
        finally:
            engine.dispose()
        lost = [one for one in shown if one["outcome"] == "unknown"]
        return Counter(Call(one["candidate"], one["annotator"]) for one in lost)

    def _bought(self) -> Counter[Call]:
        return Counter({_call(one): one.times for one in self.provider.purchases()})

    def _votes(self) -> Counter[Call]:
        return Counter(Call(*row) for row in self._rows("SELECT candidate, annotator FROM vote"))

    def _unknown(self) -> Counter[Call]:
        query = """SELECT a.candidate, a.annotator FROM settlement s
            JOIN attempt a ON a.id = s.attempt WHERE s.outcome = 'unknown'"""
        return Counter(Call(*row) for row in self._rows(query))

    def _sum(self, where: str, what: str = "s.cost_pico") -> int:
        query = f"""SELECT coalesce(sum({what}), 0) FROM attempt a
            LEFT JOIN settlement s ON s.attempt = a.id WHERE {where}"""  # noqa: S608 - our words
        return int(self._rows(query)[0][0])

    def _rows(self, query: str) -> Sequence[Any]:
        """Nothing before there is a ledger: a kill may come first."""
        with closing(sqlite3.connect(self.folder / "ledger.db")) as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'vote'")
            return connection.execute(query).fetchall() if tables.fetchone()[0] else []


def _call(purchase: Purchase) -> Call:
    (candidate,) = MARK.findall(purchase.text)
    return Call(candidate, purchase.model)


def _undisturbed(provider: FakeProvider, gold: int) -> Undisturbed:
    with tempfile.TemporaryDirectory(prefix="kill") as name:
        folder, began = Path(name), time.monotonic()
        provider.start_over()
        pid = os.fork()
        if pid == 0:
            live(folder, provider.base_url, gold, Moment())
        assert _wait(pid, 0) == 0, "the undisturbed run failed"
        seconds = time.monotonic() - began
        decisions = json.loads((folder / "decisions.json").read_text())
        return Undisturbed(decisions, int((folder / "writes").read_text()), seconds)


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'ledger.db'}"


def _wait(pid: int, kill_after: float) -> int | None:
    """The process's exit code, None if it hung; killed after so many seconds, unless that is 0."""
    began, hung, killed = time.monotonic(), False, False
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return None if hung else os.waitstatus_to_exitcode(status)
        age = time.monotonic() - began
        due = bool(kill_after) and age > kill_after
        if not killed and (due or age > PATIENCE):
            hung, killed = not due, True
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.001)
