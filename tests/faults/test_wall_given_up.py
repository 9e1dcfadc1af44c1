"""A run that is cancelled, twice, in the middle of its calls: each of them is settled."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from stepladder.annotators.base import Annotator
from stepladder.engine import Run, RunOptions, Setup
from stepladder.engine.rates import TokenRate
from stepladder.policy import Policy
from stepladder.pricing import Price
from stepladder.task import Task
from stepladder.testing import ScriptedAnnotator
from stepladder.types import Candidate, Usage, Usd

TASK = Task.model_validate({"name": "t", "instructions": "Choose.", "labels": ["yes", "no"]})
CENT = Usd.of("0.01")
QUICK, SLOW = 0.02, 60.0
"""Seconds that the answers take, the first few and the others."""


def run(folder: Path, weak: Annotator, count: int) -> Run:
    policy = Policy.model_validate(
        {
            "name": "p",
            "calibration": {"rows": 0},
            "annotators": {"weak": {"kind": "scripted", "answers": {}, "concurrency": 4}},
            "tiers": [{"name": "weak", "ask": "weak"}],
        }
    )
    rate = TokenRate(Price("weak", date(2026, 1, 1), "test", *(CENT.pico,) * 5))
    options = RunOptions(ledger=f"sqlite:///{folder / 'ledger.db'}", budget=Usd.of(1))
    candidates = [Candidate(id=f"c{n}") for n in range(count)]
    return Run(Setup(TASK, policy, {"weak": weak}, {"weak": rate}), candidates, options)


@pytest.mark.parametrize("cancellations", [1, 2])
async def test_calls_given_up_are_settled_before_the_ledger_closes(
    tmp_path: Path, cancellations: int
) -> None:
    last = QUICK if cancellations == 1 else SLOW
    delays = {f"c{n}": 0.0 for n in range(3)} | {"*": last}
    weak = ScriptedAnnotator("weak", {"*": "yes"}, TASK, delays=delays, usage=Usage(input=1))

    async def read() -> None:
        async for _ in run(tmp_path, weak, 9).decisions():
            pass

    reading = asyncio.create_task(read())
    while len(weak.asked) < 6:  # noqa: ASYNC110 - it is the calls that are waited for
        await asyncio.sleep(0.005)
    for _ in range(cancellations):
        reading.cancel()
        await asyncio.sleep(0.005)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(reading, 10)

    with closing(sqlite3.connect(tmp_path / "ledger.db")) as ledger:
        found = ledger.execute(
            "SELECT s.outcome, a.quote_pico = s.cost_pico FROM attempt a"
            " LEFT JOIN settlement s ON s.attempt = a.id"
        ).fetchall()
    outcomes = {outcome for outcome, _ in found}
    assert outcomes == ({"answered"} if cancellations == 1 else {"answered", "unknown"})
    assert all(at_quote for _, at_quote in found)
