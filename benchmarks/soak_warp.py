"""Time that passes faster, so that waits of seconds take milliseconds.

Importing this changes `time.monotonic` of the whole process: it comes before all else that
reads the clock, and only in processes that do nothing else than soak.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

FASTER = 100.0
"""Seconds that pass in one."""

Result = TypeVar("Result")
_real = time.monotonic
_began = _real()


def real() -> float:
    """Seconds on the clock of everybody else."""
    return _real()


def _warped() -> float:
    return _began + (_real() - _began) * FASTER


time.monotonic = _warped


class _Selector(selectors.DefaultSelector):
    """Waits a hundredth of what the event loop asks for: its clock is the warped one."""

    def select(self, timeout: float | None = None) -> Any:
        return super().select(timeout / FASTER if timeout else timeout)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """As `asyncio.run`, in fast time."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(_Selector())) as runner:
        return runner.run(work)
