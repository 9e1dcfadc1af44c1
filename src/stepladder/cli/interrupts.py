"""Ctrl-C: once to end in good order, twice to end at once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Interrupts:
    """What the user's signals do to a run."""

    stop: Callable[[], None]
    """Asks nobody any more; returns at once."""
    say: Callable[[str], None]
    under_way: Callable[[], int]
    """How many calls are still out."""
    number: int | None = None
    """The first signal that came."""

    def caught(self, number: int) -> None:
        """React to a signal."""
        if self.number is not None:
            self.say("Ended at once: calls under way count at their quote.")
            # The ledger is made for this, and the children end with us.
            os._exit(128 + number)
        self.number = number
        self.stop()
        calls = self.under_way()
        rest = f"letting {calls} calls finish, which are paid for" if calls else "no call is out"
        self.say(f"Stopping: {rest}; once more ends at once.")


@contextmanager
def watching(interrupts: Interrupts) -> Iterator[None]:
    """Let the signals go to `interrupts` while the block runs, in a running event loop."""
    loop = asyncio.get_running_loop()
    # Not on Windows, nor in a thread: Ctrl-C then ends the run like a crash, which loses nothing.
    with suppress(NotImplementedError, RuntimeError, ValueError):
        for number in SIGNALS:
            loop.add_signal_handler(number, interrupts.caught, number)
    try:
        yield
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for number in SIGNALS:
                loop.remove_signal_handler(number)
