"""Candidates that nobody is asked about: stopping works, and memory is bounded, as ever."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cascade import CENT, TASK, Cascade, candidates, scripted
from slow_disk import held_up

from stepladder.annotators import Answer, Reply, ScriptedAnnotator
from stepladder.engine import Finished, Run
from stepladder.engine.replay import BLOCK
from stepladder.engine.shelf import QUEUED
from stepladder.errors import LedgerError, OverrunError
from stepladder.ledger.addition import Addition
from stepladder.ledger.pen import Pen
from stepladder.types import FIRST, Candidate, Draw, Status, Usage

COUNT = 2000
HANDS = 4
MOST = QUEUED + BLOCK + HANDS
"""Candidates that are read when nobody reads decisions."""


class Pool(list[Candidate]):
    """Candidates, and how many were read when they were last read from the start."""

    def __iter__(self) -> Iterator[Candidate]:
        self.read = 0
        for candidate in super().__iter__():
            self.read += 1
            yield candidate


async def over_budget(folder: Path) -> tuple[Run, Pool]:
    """The budget paid for one answer, which was of no use."""
    pool = Pool(candidates(COUNT))
    await Cascade(folder, scripted("weak", "perhaps")).label(pool[:1], budget="0.01")
    cascade = Cascade(folder, scripted("weak", "yes"), concurrency=HANDS)
    return cascade.run(pool, budget="0.01"), pool


async def seen_by_nobody(folder: Path) -> tuple[Run, Pool]:
    """All have to stay here, and nobody here is asked."""
    pool = Pool(candidates(COUNT, local_only=True))
    return Cascade(folder, strong=scripted("strong", "no"), concurrency=HANDS).run(pool), pool


async def known(folder: Path) -> tuple[Run, Pool]:
    """All votes are there, and the rule by which they decided has changed."""
    pool = Pool(candidates(COUNT))
    await Cascade(folder, scripted("weak", "yes")).label(pool)
    rule = {"agree": 1}
    cascade = Cascade(folder, scripted("weak", "yes"), weak_accept=rule, concurrency=HANDS)
    return cascade.run(pool), pool


async def decided(folder: Path) -> tuple[Run, Pool]:
    """All decisions of an earlier start stand."""
    pool = Pool(candidates(COUNT))
    cascade = Cascade(folder, scripted("weak", "yes"), weak_accept={"agree": 1}, concurrency=HANDS)
    await cascade.label(pool)
    return cascade.run(pool), pool


@pytest.mark.parametrize("case", [over_budget, seen_by_nobody, known, decided])
async def test_what_nobody_is_asked_about_is_decided_as_it_is_read(
    tmp_path: Path, case: Callable[[Path], Any]
) -> None:
    run, pool = await case(tmp_path)
    decisions = run.decisions()
    await anext(decisions)
    assert pool.read <= MOST
    # Long enough for all to be decided, if nothing held it up.
    await asyncio.sleep(0.5)
    assert pool.read <= MOST
    run.stop()
    rest = [finished async for finished in decisions]
    assert len(rest) < MOST
    assert pool.read <= MOST


@pytest.mark.parametrize("case", [over_budget, seen_by_nobody, known, decided])
async def test_others_are_heard_while_nobody_is_asked(
    tmp_path: Path, case: Callable[[Path], Any]
) -> None:
    run, pool = await case(tmp_path)
    reading = asyncio.create_task(all_of(run))
    seen = [0]
    while not reading.done():
        await asyncio.sleep(0)
        seen.append(pool.read)
    assert len(await reading) == COUNT
    # Not only when there is no room for decisions any more.
    assert max(after - before for before, after in pairwise(seen)) <= 3 * BLOCK < QUEUED


async def test_what_is_on_its_way_to_disk_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, pool = await seen_by_nobody(tmp_path)
    gate = held_up(monkeypatch, "decision")
    asyncio.get_running_loop().call_later(0.7, gate.set)
    reading = asyncio.create_task(all_of(run))
    await asyncio.sleep(0.6)
    assert pool.read <= MOST
    assert len(await reading) == COUNT


async def all_of(run: Run) -> list[Finished]:
    return [finished async for finished in run.decisions()]


async def test_nobody_goes_on_once_decisions_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, pool = await seen_by_nobody(tmp_path)
    add = Pen.add

    def full(self: Pen, additions: Sequence[Addition]) -> None:
        if any(addition.table.name == "decision" for addition in additions):
            raise sqlite3.OperationalError("database or disk is full")
        add(self, additions)

    monkeypatch.setattr(Pen, "add", full)
    with pytest.raises(LedgerError, match="disk is full"):
        await all_of(run)
    assert pool.read <= MOST


class Breaking(ScriptedAnnotator):
    """Bills beyond its quote, when the disk is full already."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__("weak", {"*": "yes"}, TASK, usage=Usage(input=9), bound=Usage(input=1))
        self._monkeypatch = monkeypatch

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        self._monkeypatch.setattr(Pen, "add", _full)
        reply = await super().ask(candidate, draw)
        assert isinstance(reply, Answer)
        return reply


def _full(self: Pen, additions: Sequence[Addition]) -> None:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize("calibration", [{"rows": 0}, {"rows": 10}])
async def test_a_full_disk_does_not_hide_why_the_run_halted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calibration: dict[str, int]
) -> None:
    gold = [Candidate(id=f"g{i}", columns={"text": "t"}, gold="yes") for i in range(30)]
    cascade = Cascade(tmp_path, Breaking(monkeypatch), concurrency=1, calibration=calibration)
    with pytest.raises(OverrunError, match="weak billed"):
        await cascade.label(gold)


async def test_all_are_decided_when_somebody_reads(tmp_path: Path) -> None:
    run, _ = await over_budget(tmp_path)
    statuses = [finished.decision.status for finished in await all_of(run)]
    assert statuses.count(Status.OVER_BUDGET) == COUNT
    assert run.spent == CENT
