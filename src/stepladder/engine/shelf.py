"""Where decisions wait for whoever reads them, and how many there may be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")

QUEUED = 1000
"""Decisions that may be unread, those that are not on disk yet included."""


class Shelf(Generic[Item]):
    """Where what was done waits for whoever reads it; for one event loop."""

    def __init__(self, lost: Callable[[], None]) -> None:
        """`lost` is called when something could not be kept."""
        self._lost = lost
        self._queue: asyncio.Queue[Item | None] = asyncio.Queue()
        self._coming = 0
        """Those that are on their way to disk."""
        self._room = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether so much is unread that nothing should be added."""
        return self._queue.qsize() + self._coming >= QUEUED

    async def wait_for_room(self) -> None:
        """Return once something was read."""
        while self.full:
            self._room.clear()
            await self._room.wait()

    def put(self, item: Item) -> None:
        """Put it there."""
        self._queue.put_nowait(item)

    def put_once(self, kept: asyncio.Future[None], item: Item) -> None:
        """Put it there as soon as it is on disk; what cannot be kept is not shown."""
        self._coming += 1

        def arrived(done: asyncio.Future[None]) -> None:
            self._coming -= 1
            if done.exception() is None:
                self.put(item)
            else:
                self._lost()
                self._room.set()

        kept.add_done_callback(arrived)

    def end(self) -> None:
        """No more will come."""
        self._queue.put_nowait(None)

    async def next(self) -> Item | None:
        """The next one; None at the end."""
        item = await self._queue.get()
        self._room.set()
        return item
