"""Annotators that charge, and write down what they charged before anybody else knows of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.soak_schedule import Fate, Temper
from stepladder.annotators.base import Answer, Reply, Waiting
from stepladder.annotators.in_process import InProcess
from stepladder.digest import digest
from stepladder.errors import (
    AnnotatorError,
    MalformedReplyError,
    RateLimitedError,
    RejectedError,
    TimedOutError,
    UnavailableError,
)
from stepladder.types import FIRST, Candidate, Confidence, Draw, Labelled, Source, Usage

SURE = {"yes": 0.97, "no": 0.03}
UNSURE = {"yes": 0.55, "no": 0.45}
CHARGING = frozenset(
    {Fate.ANSWERED, Fate.OVERSTATED, Fate.LOST, Fate.TIMED_OUT, Fate.MALFORMED, Fate.BEYOND}
)
"""The fates of attempts for which the provider wants money."""


@dataclass(frozen=True, slots=True)
class Books:
    """A provider's own books: a file that outlives whoever was asked."""

    path: Path

    def charge(self, run: str, annotator: str, candidate: str, tokens: int, said: int) -> None:
        """Write down an attempt's tokens, and how many the reply speaks of."""
        self._add(f"{run} {annotator} {candidate} {tokens} {said}\n")

    def _add(self, line: str) -> None:
        # One write to the end of the file: whole, whoever else writes, and there after a kill.
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, line.encode())
        os.close(file)


class Charger(InProcess):
    """Answers, fails and charges as its temper and its seed have it."""

    def __init__(self, name: str, run: str, temper: Temper, seed: str, books: Books) -> None:
        super().__init__(name)
        self.temper = temper
        self.look: Callable[[], None] = lambda: None
        """Called at every turn of every attempt."""
        self.overran = False
        """Whether it said that it billed beyond its bound."""
        self._run = run
        self._seed = seed
        self._books = books
        self._chance = Random(f"{seed}:{run}:{name}")
        self._person = name == "person"

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:  # noqa: ARG002
        """The most that one attempt says that it uses."""
        return Usage() if self._person else Usage(input=self.temper.most)

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """The same in every run: votes are shared."""
        return digest("charger", self.name, *candidate.key, *draw.parts)

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:  # noqa: ARG002
        """One attempt; the charge falls due at its begin, in the middle or at its end."""
        self.look()
        fate, chance = self._fate(), self._chance
        seconds, due = chance.uniform(0, self.temper.longest), chance.choice((0.0, 0.5, 1.0))
        if due:
            await asyncio.sleep(seconds * due)
        usage = self._charge(fate, candidate)
        self.look()
        if due < 1:
            await asyncio.sleep(seconds * (1 - due))
        self.look()
        return self._reply(fate, usage, candidate)

    def _fate(self) -> Fate:
        mark = self._chance.random()
        for fate, weight in self.temper.fates:
            mark -= weight
            if mark < 0:
                return fate
        return Fate.ANSWERED

    def _charge(self, fate: Fate, candidate: Candidate) -> Usage:
        most = self.temper.most
        tokens = self._chance.randint(0, most)
        if fate is Fate.BEYOND:
            tokens = most + self._chance.randint(1, 3 * most)
        said = most if fate is Fate.OVERSTATED else tokens
        if self._person:
            tokens = said = 1
        if fate in CHARGING:
            self._books.charge(self._run, self.name, candidate.id, tokens, said)
        return Usage() if self._person else Usage(input=said)

    def _reply(self, fate: Fate, usage: Usage, candidate: Candidate) -> Reply:
        match fate:
            case Fate.NOBODY:
                return Waiting()
            case Fate.ANSWERED | Fate.OVERSTATED | Fate.BEYOND:
                self.overran |= fate is Fate.BEYOND
                return self._answer(usage, candidate)
            case _:
                raise self._failure(fate, usage)

    def _answer(self, usage: Usage, candidate: Candidate) -> Answer:
        mark = Random(f"{self._seed}:{self.name}:{candidate.id}").random()
        belief = UNSURE if mark < self.temper.unsure else SURE
        confidence = Confidence(Source.TOKEN_PROBABILITIES, belief)
        return Answer(Labelled("yes" if mark * 7 % 1 < 0.8 else "no"), confidence, usage)

    def _failure(self, fate: Fate, usage: Usage) -> Exception:
        failures: dict[Fate, Exception] = {
            Fate.REFUSED: RateLimitedError("slower", free=True, retry_after=self._wait()),
            Fate.DOWN: UnavailableError("down", free=True),
            Fate.LOST: UnavailableError("reset"),
            Fate.LOST_EARLY: UnavailableError("reset early"),
            Fate.TIMED_OUT: TimedOutError("no answer"),
            Fate.MALFORMED: MalformedReplyError("not JSON", billed=usage),
            Fate.REJECTED: RejectedError("no"),
        }
        found = failures.get(fate, ZeroDivisionError("a bug of the annotator's"))
        assert isinstance(found, AnnotatorError) or fate is Fate.BROKEN
        return found

    def _wait(self) -> float | None:
        return self._chance.choice((None, 0.1, 1.0))
