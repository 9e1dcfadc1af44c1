"""What a resumed run reads of its ledger, while others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from cascade import Cascade, candidates, scripted

from stepladder.engine.brake import Brake, Interrupted
from stepladder.engine.replay import BLOCK, Unread, work_through
from stepladder.engine.staff import Staff
from stepladder.errors import LedgerError
from stepladder.ledger import Ledger
from stepladder.ledger.patience import Pause
from stepladder.types import CandidateKey, Vote


class Shelved:
    """A ledger that is asked for votes, and answers when it is told to."""

    has_votes = True

    def __init__(self, problem: Exception | None = None) -> None:
        self.asked: list[int] = []
        self.answer = asyncio.Event()
        self._problem = problem

    async def votes(
        self, keys: Sequence[CandidateKey], pause: Pause
    ) -> Mapping[CandidateKey, Sequence[Vote]]:
        self.asked.append(len(keys))
        while not self.answer.is_set():
            await pause(0.01)
        if self._problem is not None:
            raise self._problem
        return {}

    async def decisions(self, keys: Sequence[CandidateKey], _: Pause) -> Mapping[Any, Any]:
        assert keys
        return {}


def unread(count: int, ledger: Shelved, brake: Brake) -> Sequence[Unread]:
    nobody = cast(Staff, None)
    return list(work_through(candidates(count), cast(Ledger, ledger), nobody, brake))


async def test_a_block_is_read_once_for_all_who_wait_for_it() -> None:
    ledger = Shelved()
    items = unread(BLOCK + 3, ledger, Brake())
    reading = [asyncio.create_task(item.read()) for item in items]
    await asyncio.sleep(0.02)
    # Whoever else there is goes on meanwhile.
    assert ledger.asked == [BLOCK, 3]
    ledger.answer.set()
    work = await asyncio.gather(*reading)
    assert [one.candidate for one in work] == [item.candidate for item in items]
    assert ledger.asked == [BLOCK, 3]


async def test_a_run_that_stops_does_not_wait_for_what_is_not_read_yet() -> None:
    ledger, brake = Shelved(), Brake()
    reading = [asyncio.create_task(item.read()) for item in unread(3, ledger, brake)]
    await asyncio.sleep(0.02)
    brake.pull()
    ended = await asyncio.wait_for(asyncio.gather(*reading, return_exceptions=True), 5)
    assert {type(one) for one in ended} == {Interrupted}
    assert ledger.asked == [3]


async def test_whoever_is_cancelled_leaves_the_reading_to_the_next() -> None:
    ledger = Shelved()
    first, second = (asyncio.create_task(item.read()) for item in unread(2, ledger, Brake()))
    await asyncio.sleep(0.02)
    first.cancel()
    ledger.answer.set()
    assert (await asyncio.wait_for(second, 5)).votes == {}


async def test_what_cannot_be_read_halts_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cascade = Cascade(tmp_path, strong=scripted("strong", {"*": "yes"}))
    await cascade.label(candidates(2))
    looks: list[object] = []

    async def away(_: Ledger, keys: object, __: Pause) -> None:
        looks.append(keys)
        raise LedgerError("the ledger cannot be read: gone")

    monkeypatch.setattr(Ledger, "votes", away)
    with pytest.raises(LedgerError, match="cannot be read"):
        await cascade.label(candidates(9))
    assert len(looks) == 1
