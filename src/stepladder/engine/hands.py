"""Doing several things at once without losing a call that is already paid for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Any, TypeVar

from stepladder.engine.brake import Brake, Interrupted

Item = TypeVar("Item")
Result = TypeVar("Result")


async def all_of(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """The results in order, once all are done; then raises the worst problem, if there is one.

    A plain `gather` would raise at the first problem and leave the others' calls
    in flight, with nobody to settle them.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    problems = [result for result in results if isinstance(result, BaseException)]
    if problems:
        raise min(problems, key=lambda problem: isinstance(problem, Interrupted))
    return [result for result in results if not isinstance(result, BaseException)]


async def work_off(
    items: Iterator[Item], do: Callable[[Item], Awaitable[None]], hands: int, brake: Brake
) -> None:
    """Do something with every item, `hands` at a time; ends early once the brake is pulled.

    After a problem the other hands finish what they hold and take up nothing new;
    then the problem is raised. The same after a cancellation; a second one gives up.
    """
    crew = asyncio.create_task(_crew(items, do, hands, brake))
    try:
        await asyncio.shield(crew)
    except asyncio.CancelledError:
        brake.pull()
        await crew
        raise


async def _crew(
    items: Iterator[Item], do: Callable[[Item], Awaitable[None]], hands: int, brake: Brake
) -> None:
    await all_of(_hand(items, do, brake) for _ in range(hands))


async def _hand(items: Iterator[Item], do: Callable[[Item], Awaitable[None]], brake: Brake) -> None:
    try:
        for item in items:
            brake.check()
            await do(item)
    except Interrupted:
        return
    except BaseException:
        brake.pull()
        raise
