"""Stopping a run: nobody is asked any more, and nobody waits to ask again."""

from __future__ import annotations

import asyncio


class Interrupted(Exception):  # noqa: N818 - not an error: somebody asked the run to stop
    """The run is stopping; the candidate stays undecided, its votes are kept."""


class Brake:
    """Once pulled, calls in flight finish and no others begin."""

    def __init__(self) -> None:
        self.pulled = False
        """Whether the run is stopping."""
        self._told = asyncio.Event()

    def pull(self) -> None:
        """Stop asking."""
        self.pulled = True
        self._told.set()

    def check(self) -> None:
        """Raise Interrupted when the run is stopping."""
        if self.pulled:
            raise Interrupted

    async def pause(self, seconds: float) -> None:
        """Wait, before a retry or for a rate limit; raises Interrupted as soon as it is pulled."""
        try:
            await asyncio.wait_for(self._told.wait(), seconds)
        except TimeoutError:
            return
        raise Interrupted
