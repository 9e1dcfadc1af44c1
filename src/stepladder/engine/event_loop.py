"""The event loop that runs are run in."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns; as `asyncio.run`, with a tenth less CPU per call where uvloop is."""
    try:
        import uvloop
    except ImportError:
        # There is none for Windows.
        return asyncio.run(work)
    return uvloop.run(work)
