"""A small cascade for the engine's tests: scripted annotators at prices one can compute by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from stepladder.annotators.base import Annotator
from stepladder.annotators.human import HumanAnnotator
from stepladder.engine import Finished, Run, RunOptions, Setup
from stepladder.engine.rates import AnswerRate, Rate, TokenRate
from stepladder.policy import Policy
from stepladder.pricing import Price, Wage
from stepladder.task import Task
from stepladder.testing import ScriptedAnnotator
from stepladder.types import Candidate, Usage, Usd

TASK = Task.model_validate({"name": "task", "instructions": "Choose.", "labels": ["yes", "no"]})
CENT = Usd.of("0.01")
ONE_TOKEN = Usage(input=1)


def a_cent_a_token(name: str) -> TokenRate:
    """A price under which every input token costs one cent."""
    rate = CENT.pico
    return TokenRate(Price(name, date(2026, 1, 1), "test", rate, rate, rate, rate, rate))


def ten_cents_an_answer() -> AnswerRate:
    """A wage."""
    return AnswerRate(Wage("person", date(2026, 1, 1), "test", Usd.of("0.10")))


def candidates(count: int, **columns: Any) -> list[Candidate]:
    """Candidates named c0, c1, …"""
    return [Candidate(id=f"c{i}", columns={"text": f"text {i}"}, **columns) for i in range(count)]


@dataclass
class Cascade:
    """weak, strong and a person; who is asked depends on `tiers`."""

    folder: Path
    weak: Annotator | None = None
    strong: Annotator | None = None
    answers: Mapping[str, str] | None = None
    """What the person answered, by candidate; None for no person on the ladder."""
    weak_accept: Mapping[str, Any] = field(default_factory=lambda: {"probability": Decimal("0.9")})
    weak_confidence: Mapping[str, Any] | None = None
    """Where the weak tier takes confidence from; by default as the annotator has it."""
    strong_tier: Mapping[str, Any] = field(default_factory=dict)
    """What the strong tier has besides its name and whom it asks."""
    retries: int = 0
    concurrency: int = 4
    calibration: Mapping[str, Any] = field(default_factory=lambda: {"rows": 0})
    seed: int = 0

    def run(self, items: Iterable[Candidate], budget: str = "100", wages: str = "100") -> Run:
        """A run of the cascade over its one ledger; `items` can be read more than once."""
        options = RunOptions(
            ledger=f"sqlite:///{self.folder / 'ledger.db'}",
            budget=Usd.of(budget),
            wages=Usd.of(wages),
            seed=self.seed,
        )
        return Run(self._setup(), items, options)

    async def label(
        self, items: Iterable[Candidate], budget: str = "100", wages: str = "100"
    ) -> list[Finished]:
        """All decisions of one start."""
        return [f async for f in self.run(items, budget, wages).decisions()]

    def _setup(self) -> Setup:
        annotators: dict[str, Annotator] = {}
        tiers: list[dict[str, Any]] = []
        if self.weak is not None:
            annotators["weak"] = self.weak
            confidence = {"confidence": self.weak_confidence} if self.weak_confidence else {}
            accept = dict(self.weak_accept)
            tiers.append({"name": "weak", "ask": "weak", "accept": accept, **confidence})
        if self.strong is not None:
            annotators["strong"] = self.strong
            tiers.append({"name": "strong", "ask": "strong", **self.strong_tier})
        if self.answers is not None:
            annotators["person"] = self._person()
            tiers.append({"name": "person", "ask": "person"})
        rates: dict[str, Rate] = {name: a_cent_a_token(name) for name in annotators}
        if "person" in rates:
            rates["person"] = ten_cents_an_answer()
        return Setup(TASK, self._policy(annotators, tiers), annotators, rates)

    def _policy(self, annotators: Iterable[str], tiers: Sequence[Mapping[str, Any]]) -> Policy:
        common = {"retries": self.retries, "concurrency": self.concurrency}
        kinds: dict[str, Any] = {
            name: {"kind": "human"}
            if name == "person"
            else {"kind": "scripted", "answers": {}, "local": name == "weak", **common}
            for name in annotators
        }
        return Policy.model_validate(
            {
                "name": "test",
                "annotators": kinds,
                "tiers": tiers,
                "calibration": self.calibration,
            }
        )

    def _person(self) -> HumanAnnotator:
        path = self.folder / "answers.csv"
        rows = [f"{id_},{label}" for id_, label in (self.answers or {}).items()]
        path.write_text("\n".join(["id,label", *(rows or ["nobody,yes"])]) + "\n")
        return HumanAnnotator("person", TASK, path)


def scripted(name: str, answers: Mapping[str, str] | str, **more: Any) -> ScriptedAnnotator:
    """An annotator that uses one token for every answer."""
    given = {"*": answers} if isinstance(answers, str) else answers
    return ScriptedAnnotator(name, given, TASK, **({"usage": ONE_TOKEN} | more))
