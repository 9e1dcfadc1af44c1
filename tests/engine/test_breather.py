"""The event loop goes on while much is done that waits for nothing."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from stepladder.engine.breather import LATEST, Breather

STEP = LATEST / 5
"""Seconds that one piece of work takes, on a clock of the test's own."""


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_others_are_heard_however_many_work() -> None:
    clock, heard = Clock(), [0.0]
    breather = Breather(clock)

    async def work() -> None:
        for _ in range(20):
            clock.now += STEP
            if breather.due:
                await breather.take()

    async def listen() -> None:
        while clock.now < 20 * 10 * STEP:
            heard.append(clock.now)
            await asyncio.sleep(0)

    await asyncio.gather(listen(), *(work() for _ in range(10)))
    gaps = [after - before for before, after in pairwise(heard)]
    # At first each of them may begin before it is due; then one works, and the others wait.
    assert max(gaps[:2]) < LATEST + 10.5 * STEP
    assert max(gaps[2:]) < LATEST + 1.5 * STEP
