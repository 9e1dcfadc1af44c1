"""The event loop that runs are run in."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")

NEW_BEFORE_COLLECTING = 10_000
"""Objects made before garbage is looked for; Python's 700 are what a few candidates make."""


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns; as `asyncio.run`, and with less CPU where uvloop is."""
    with _rare_collections():
        try:
            import uvloop
        except ImportError:
            # There is none for Windows.
            return asyncio.run(work)
        return uvloop.run(work)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage in cycles less often: a run makes many objects and hardly a cycle."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], NEW_BEFORE_COLLECTING), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
