"""Doing several things at once without losing a call that is already paid for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Any, Generic, TypeVar

from stepladder.engine.brake import Brake, Interrupted
from stepladder.engine.breather import Breather

Item = TypeVar("Item")
Result = TypeVar("Result")

MoveOn = Callable[[], None]
"""To be called once the item waits for something else than others do: a new hand is hired."""
MOST_HANDS = 4096
"""Items taken up at once, those included that have moved on."""


async def all_of(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """The results in order, once all are done; then raises the worst problem, if there is one.

    A plain `gather` would raise at the first problem and leave the others' calls
    in flight, with nobody to settle them.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    problems = [result for result in results if isinstance(result, BaseException)]
    if problems:
        raise _worst(problems)
    return [result for result in results if not isinstance(result, BaseException)]


async def work_off(
    items: Iterator[Item],
    do: Callable[[Item, MoveOn], Awaitable[None]],
    hands: int,
    brake: Brake,
) -> None:
    """Do something with every item, `hands` at a time; ends early once the brake is pulled.

    An item that moves on makes room for another, so that what waits for a slow tier
    does not hold up the fast ones. After a problem the other hands finish what they hold
    and take up nothing new; then the problem is raised. The same after a cancellation;
    a second one gives up.
    """
    crew = asyncio.create_task(_Hands(items, do, brake).work(hands))
    try:
        await asyncio.shield(crew)
    except asyncio.CancelledError:
        brake.pull()
        await crew
        raise


class _Hands(Generic[Item]):
    def __init__(
        self, items: Iterator[Item], do: Callable[[Item, MoveOn], Awaitable[None]], brake: Brake
    ) -> None:
        self._items = items
        self._do = do
        self._brake = brake
        self._breather = Breather()
        self._at_work: set[asyncio.Task[None]] = set()
        self._problems: list[BaseException] = []
        self._all_done = asyncio.Event()

    async def work(self, hands: int) -> None:
        for _ in range(hands):
            self._hire()
        try:
            await self._all_done.wait()
        except asyncio.CancelledError:
            for task in self._at_work:
                task.cancel()
            await self._all_done.wait()
            raise
        if self._problems:
            raise _worst(self._problems)

    def _hire(self) -> None:
        task = asyncio.create_task(self._hand())
        self._at_work.add(task)
        task.add_done_callback(self._dismiss)

    def _dismiss(self, task: asyncio.Task[None]) -> None:
        self._at_work.discard(task)
        problem = asyncio.CancelledError() if task.cancelled() else task.exception()
        if problem is not None:
            self._problems.append(problem)
        if not self._at_work:
            self._all_done.set()

    async def _hand(self) -> None:
        """Take up items until there are none, or until another hand has taken this one's place."""
        replaced = False

        def move_on() -> None:
            nonlocal replaced
            if not replaced and len(self._at_work) < MOST_HANDS and not self._brake.pulled:
                replaced = True
                self._hire()

        try:
            for item in self._items:
                self._brake.check()
                await self._do(item, move_on)
                if replaced:
                    return
                if self._breather.due:
                    await self._breather.take()
        except Interrupted:
            return
        except BaseException:
            self._brake.pull()
            raise


def _worst(problems: Iterable[BaseException]) -> BaseException:
    """The one to be told of: an interruption says the least."""
    return min(problems, key=lambda problem: isinstance(problem, Interrupted))
