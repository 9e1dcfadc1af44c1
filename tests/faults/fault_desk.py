"""One annotator at a fake provider with faults, and what is left after a run."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from math import ceil
from pathlib import Path
from typing import Any

from stepladder.engine import Run, RunOptions
from stepladder.engine.setup import set_up
from stepladder.errors import StepladderError
from stepladder.policy import Policy
from stepladder.pricing import PriceBook
from stepladder.task import Task
from stepladder.testing import FakeProvider, Fault
from stepladder.testing.faults import Kind
from stepladder.types import Candidate, Decision, Status, Usd

TASK = Task.model_validate({"name": "t", "instructions": "Choose.", "labels": ["good", "bad"]})
LABELS = list(TASK.label_names)
DAY = date(2026, 1, 1)
PRICE = PriceBook.load().price("local", DAY)

ANSWERED_TOO_LATE = frozenset({Fault.HANGING, Fault.HANGING_MIDWAY})
HALTING = frozenset({Fault.NO_CREDIT, Fault.UNAUTHORIZED, Fault.USAGE_ABSURD})
"""The run stops: nobody would be answered, or the budget's ground is gone."""
LABELLED = frozenset({fault for fault in Fault if fault.value.startswith("usage_")}) - HALTING
UNTOLD = frozenset({Fault.USAGE_HIDDEN})
"""Nothing that is sent tells of what is charged."""
FREE = frozenset({Fault.FAILING, Fault.BAD_GATEWAY, Fault.UNAVAILABLE, Fault.OVERLOADED})
"""Known to cost nothing: does not use up a candidate's attempts while the circuit is open."""
SLOWER = frozenset({Fault.RATE_LIMITED, Fault.UNAVAILABLE, Fault.OVERLOADED})
"""With a Retry-After, a call for fewer requests."""

RETRY_AFTER = 0.25
SHORT = 0.4
"""Seconds of timeout where nothing comes."""
LONG = 10.0
"""Seconds of timeout where something comes, however busy the machine is."""
CONCURRENCY = 6
LOOK = 1.0
"""Seconds that a wait for a circuit may go on after the patience is over."""
BUSY = 4.0
"""Seconds that a busy machine may take on top."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a run leaves."""

    decisions: Mapping[str, Decision]
    halted: StepladderError | None
    seconds: float
    spent: Usd
    requests: int
    open_attempts: int

    @property
    def statuses(self) -> Counter[Status]:
        """How many candidates ended how."""
        return Counter(decision.status for decision in self.decisions.values())


@dataclass(frozen=True, slots=True)
class Limits:
    """An annotator's settings that bound what a fault can do."""

    retries: int
    patience: float
    timeout: float
    candidates: int
    paced: float = 0.0
    """Seconds that requests may wait because the pace has fallen: many are refused."""

    @property
    def policy_keys(self) -> dict[str, Any]:
        """As they stand in a policy."""
        return {"retries": self.retries, "patience": self.patience, "timeout": self.timeout}

    @property
    def deadline(self) -> float:
        """Seconds within which all candidates are decided, one wave after the other."""
        waves = ceil(self.candidates / CONCURRENCY)
        backoff = sum(0.5 * 2.0**retry for retry in range(self.retries))
        asking = (1 + self.retries) * self.timeout + backoff
        return (
            waves * asking + self.patience + LOOK + self.retries * RETRY_AFTER + self.paced + BUSY
        )

    @property
    def most_requests(self) -> int:
        """Attempts of every candidate; and those that cost nothing, for as long as patience lasts.

        Waits for a rate limit are of `RETRY_AFTER` at least. An open circuit lets a probe
        pass after 1, 2, 4, … seconds, and who failed while it opened is in flight once more.
        """
        refusals = ceil(self.patience / RETRY_AFTER)
        probes = 1 + ceil(self.patience)
        return self.candidates * (1 + self.retries + refusals) + CONCURRENCY + probes


def within(candidates: int, retries: int, *, hangs: bool, paced: float = 0.0) -> Limits:
    """Limits for a run with such a fault."""
    return Limits(retries, 0.5, SHORT if hangs else LONG, candidates, paced)


def untold(pair: set[Fault]) -> bool:
    """Whether more than the quote is charged, and nothing that arrives says so."""
    unread = any(fault.kind is Kind.REPLY and fault.charged for fault in pair)
    return bool(UNTOLD & pair) or (Fault.USAGE_ABSURD in pair and (unread or Fault.HUGE in pair))


def policy(*tiers: Mapping[str, Any], **more: Any) -> Policy:
    """A ladder of one model a tier, each named by its `model`; every tier takes any label."""
    common = {"kind": "openai", "api_key_env": "", "price": "local", "concurrency": CONCURRENCY}
    return Policy.model_validate(
        {
            "name": "faults",
            "calibration": {"rows": 0},
            "annotators": {tier["model"]: common | dict(tier) for tier in tiers},
            "tiers": [{"name": tier["model"], "ask": tier["model"]} for tier in tiers],
            **more,
        }
    )


def candidates(count: int) -> list[Candidate]:
    """Candidates c0, c1, …, each with a text of its own."""
    return [Candidate(f"c{n}", {"text": f"text number {n}"}) for n in range(count)]


def label(policy: Policy, folder: Path, items: list[Candidate], *, deadline: float = 60.0) -> Left:
    """Label them with a ledger in the folder; a run that takes longer is a failed test."""
    return asyncio.run(asyncio.wait_for(_label(policy, folder, items), deadline))


async def _label(policy: Policy, folder: Path, items: list[Candidate]) -> Left:
    setup = set_up(TASK, policy, folder, day=DAY)
    ledger = folder / "ledger.db"
    run = Run(setup, items, RunOptions(f"sqlite:///{ledger}", budget=Usd.of(100)))
    decisions: dict[str, Decision] = {}
    halted: StepladderError | None = None
    began = time.monotonic()
    try:
        async for finished in run.decisions():
            assert finished.candidate.id not in decisions
            decisions[finished.candidate.id] = finished.decision
    except StepladderError as error:
        halted = error
    took = time.monotonic() - began
    attempts, unsettled = _attempts(ledger)
    return Left(decisions, halted, took, run.spent, attempts, unsettled)


def _attempts(ledger: Path) -> tuple[int, int]:
    """All attempts, and those without a settlement."""
    with closing(sqlite3.connect(ledger)) as connection:
        made = connection.execute("SELECT count(*) FROM attempt").fetchone()[0]
        unsettled = connection.execute(
            "SELECT count(*) FROM attempt WHERE id NOT IN (SELECT attempt FROM settlement)"
        ).fetchone()[0]
    return made, unsettled


def check_the_books(left: Left, provider: FakeProvider, *, told: bool, exact: bool) -> None:
    """The ledger has every attempt, settled, and no less spend than the provider's bill."""
    bill, stats = provider.bill().cost(PRICE), provider.stats()
    assert left.open_attempts == 0
    assert left.requests >= stats.requests
    if told:
        assert left.spent.pico >= bill.pico
    if exact:
        assert left.spent == bill
