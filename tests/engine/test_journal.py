"""Every attempt is settled: halted, given up, never sent, or billed beyond all bounds."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cascade import CENT, TASK, Cascade, a_cent_a_token, candidates, scripted
from slow_disk import held_up

from stepladder.annotators import Answer, Reply, ScriptedAnnotator
from stepladder.engine import Run, RunOptions, Setup
from stepladder.engine.rates import TokenRate
from stepladder.errors import (
    AnnotatorError,
    CredentialsError,
    OverrunError,
    RateLimitedError,
    RejectedError,
)
from stepladder.ledger import Intent, Ledger
from stepladder.ledger.fitting import MOST
from stepladder.policy import Policy
from stepladder.types import FIRST, Candidate, Draw, Status, Usage, Usd

HUGE = Usage(input=2**70, output=2**64)


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "ledger.db") as connection:
        return connection.execute(query).fetchall()


def open_attempts(folder: Path) -> list[tuple[Any, ...]]:
    query = "SELECT id FROM attempt WHERE id NOT IN (SELECT attempt FROM settlement)"
    return rows(folder, query)


def pair(folder: Path, x: ScriptedAnnotator, y: ScriptedAnnotator, pool: list[Candidate]) -> Run:
    """One tier that asks both, several candidates at a time."""
    spec = {"kind": "scripted", "answers": {}, "retries": 3, "concurrency": 4, "patience": 60}
    policy = Policy.model_validate(
        {
            "name": "p",
            "annotators": {"x": spec, "y": spec},
            "tiers": [{"name": "both", "ask": ["x", "y"]}],
            "calibration": {"rows": 50},
        }
    )
    rates = {name: a_cent_a_token(name) for name in ("x", "y")}
    options = RunOptions(ledger=f"sqlite:///{folder / 'ledger.db'}", budget=Usd.of("100"))
    return Run(Setup(TASK, policy, {"x": x, "y": y}, rates), pool, options)


class Halting(ScriptedAnnotator):
    """Halts the run with its first answer; all others are fine."""

    def __init__(self, problem: AnnotatorError | None) -> None:
        super().__init__("x", {"*": "yes"}, TASK, usage=Usage(input=1))
        self._problem = problem
        """None for a bill beyond the quote."""

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        reply = await super().ask(candidate, draw)
        assert isinstance(reply, Answer)
        if candidate.key != self.asked[0]:
            return reply
        if self._problem is not None:
            raise self._problem
        return replace(reply, usage=Usage(input=5))


class Busy(ScriptedAnnotator):
    """Asks to be asked later about the candidate that another was asked about first."""

    def __init__(self, other: ScriptedAnnotator) -> None:
        super().__init__("y", {"*": "yes"}, TASK, usage=Usage(input=1))
        self._other = other

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        # Long enough for many others to be asked meanwhile.
        if candidate.key == self._other.asked[0]:
            raise RateLimitedError("later", free=True, retry_after=20)
        return await super().ask(candidate, draw)


def gold(count: int) -> list[Candidate]:
    return [Candidate(id=f"g{i}", columns={"text": "t"}, gold="yes") for i in range(count)]


@pytest.mark.parametrize("pool", [candidates(100), gold(100)], ids=["climbing", "calibrating"])
@pytest.mark.parametrize("problem", [None, CredentialsError("no key", free=True)])
async def test_what_halts_the_run_does_not_wait_for_a_sibling(
    tmp_path: Path, pool: list[Candidate], problem: AnnotatorError | None
) -> None:
    x = Halting(problem)
    async with asyncio.timeout(10):
        with pytest.raises(OverrunError if problem is None else CredentialsError):
            await labelled(pair(tmp_path, x, Busy(x), pool))
    assert len(x.asked) < 10
    assert open_attempts(tmp_path) == []


async def test_what_was_about_to_be_sent_is_not_once_the_run_halts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intend = Ledger.intend

    async def slowly(self: Ledger, intent: Intent) -> int:
        number = await intend(self, intent)
        await asyncio.sleep(0.1 if intent.annotator == "y" else 0)
        return number

    monkeypatch.setattr(Ledger, "intend", slowly)
    y = scripted("y", "yes")
    with pytest.raises(OverrunError):
        await labelled(pair(tmp_path, Halting(None), y, candidates(1)))
    assert y.asked == []
    settled = rows(tmp_path, "SELECT outcome, cost_pico FROM settlement ORDER BY attempt")
    assert settled == [("answered", CENT.pico * 5), ("refunded", 0)]


async def test_an_intent_that_was_never_sent_is_settled_at_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weak = scripted("weak", "yes")
    any_label = {"agree": 1}
    run = Cascade(tmp_path, weak, weak_accept=any_label, concurrency=3).run(candidates(9))
    gate = held_up(monkeypatch, "attempt")
    work = asyncio.create_task(labelled(run))
    for pause in (0.2, 0.05):
        await asyncio.sleep(pause)
        work.cancel()
    asyncio.get_running_loop().call_later(0.05, gate.set)
    with pytest.raises(asyncio.CancelledError):
        await work
    assert weak.asked == []
    assert rows(tmp_path, "SELECT outcome, cost_pico FROM settlement") == [("refunded", 0)] * 3
    assert open_attempts(tmp_path) == []
    again = Cascade(tmp_path, weak, weak_accept=any_label).run(candidates(9), budget="0.09")
    assert len(await labelled(again)) == 9
    assert again.spent == CENT * 9


async def labelled(run: Run) -> list[str]:
    found = [f.decision async for f in run.decisions()]
    return [one.key.id for one in found if one.status is Status.LABELLED]


class Boundless(ScriptedAnnotator):
    """Reports more than any ledger holds for one candidate, after the others' answers came."""

    def __init__(self, id_: str) -> None:
        super().__init__("weak", {"*": "yes"}, TASK, usage=Usage(input=1), delays={id_: 0.2})
        self._id = id_

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        reply = await super().ask(candidate, draw)
        assert isinstance(reply, Answer)
        return replace(reply, usage=HUGE) if candidate.id == self._id else reply


async def test_a_cost_that_fits_no_ledger_is_kept_as_far_as_it_fits(tmp_path: Path) -> None:
    cascade = Cascade(tmp_path, Boundless("c2"), concurrency=5)
    with pytest.raises(OverrunError, match="weak billed"):
        await cascade.label(candidates(5))
    kept = rows(tmp_path, "SELECT cost_pico, input, output FROM settlement ORDER BY cost_pico")
    assert kept == [(CENT.pico, 1, 0)] * 4 + [(MOST, MOST, MOST)]
    # It can be read back, sums included: whoever raised the budget would see every answer.
    again = scripted("weak", "yes")
    run = Cascade(tmp_path, again).run(candidates(6), budget="1")
    found = {f.decision.key.id: f.decision async for f in run.decisions()}
    assert again.asked == []
    assert found["c5"].status is Status.OVER_BUDGET
    assert found["c2"].cost == Usd(MOST)
    assert run.spent.pico == MOST + 4 * CENT.pico


async def test_a_failure_billed_beyond_all_bounds_too(tmp_path: Path) -> None:
    failing = scripted("weak", "yes", errors={"*": RejectedError("no", billed=HUGE)}, usage=Usage())
    with pytest.raises(OverrunError, match="weak billed"):
        await Cascade(tmp_path, failing).label(candidates(1))
    assert rows(tmp_path, "SELECT outcome, cost_pico FROM settlement") == [("failed", MOST)]


async def test_sums_of_what_fits_are_kept_too(tmp_path: Path) -> None:
    most, pool = Usage(input=MOST), candidates(1)
    x, y = (scripted(name, "yes", usage=most) for name in ("x", "y"))
    run = pair(tmp_path, x, y, pool)
    free = replace(a_cent_a_token("free").price, input=0, cached_input=0, cache_write=0)
    run.setup = replace(run.setup, rates=dict.fromkeys(("x", "y"), TokenRate(free)))
    await labelled(run)
    again = Run(run.setup, pool, run.options)
    (decision,) = [f.decision async for f in again.decisions()]
    assert (len(x.asked), len(y.asked)) == (1, 1)
    assert decision.usage == Usage(input=MOST, requests=2)
