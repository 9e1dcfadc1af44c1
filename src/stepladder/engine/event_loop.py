"""The event loop that runs are run in."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

from stepladder.ledger.telling import soon

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


def run_anywhere(work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns, also where an event loop runs already, as in a notebook.

    An interruption cancels the work, and a second one cancels it again; it is raised once
    the work has ended. A run that is cancelled asks nobody any more, and settles its calls.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run(work)
    cancel: Future[Callable[[], None]] = Future()
    with ThreadPoolExecutor(1, "stepladder") as thread:
        done = thread.submit(run, _cancellable(work, cancel))
        _wait_for(done, cancel)
        return done.result()


async def _cancellable(
    work: Coroutine[Any, Any, Result], cancel: Future[Callable[[], None]]
) -> Result:
    """The work; what cancels it from another thread is in `cancel` once it has begun."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    cancel.set_result(lambda: soon(loop, task.cancel))
    return await work


def _wait_for(done: Future[Any], cancel: Future[Callable[[], None]]) -> None:
    try:
        wait([done])
    except BaseException:
        cancel.add_done_callback(lambda begun: begun.result()())
        _wait_for(done, cancel)
        raise


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
