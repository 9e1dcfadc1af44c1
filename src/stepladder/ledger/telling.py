"""Saying how a write ended, in the event loops of those who wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from stepladder.errors import LedgerError
from stepladder.ledger.batch import Batch
from stepladder.ledger.failure import cannot


def told(done: asyncio.Future[Any], failure: LedgerError | None, result: Any = None) -> bool:
    """Say how it ended; whether whoever waits is thereby told of a failure."""
    if done.done():
        # Cancelled meanwhile; what it waited for was written all the same.
        return False
    if failure is None:
        done.set_result(result)
        return False
    done.set_exception(type(failure)(str(failure)))
    # Nobody has to look at it.
    done.exception()
    return True


def by_loop(batches: Sequence[Batch]) -> Mapping[asyncio.AbstractEventLoop, Sequence[Batch]]:
    """The batches that somebody waits for, by the loop in which they do."""
    found: dict[asyncio.AbstractEventLoop, list[Batch]] = {}
    for batch in batches:
        if batch.waiting or batch.promised:
            found.setdefault(batch.loop, []).append(batch)
    return found


def soon(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *given: Any) -> None:
    """Call in the loop, from another thread; nothing when it is closed."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *given)


def problem_of(write: Callable[[], None]) -> LedgerError | None:
    """What a write fails with, whatever it is."""
    try:
        write()
    except LedgerError as problem:
        return problem
    except Exception as problem:
        # Of whatever kind: with the thread gone, everybody would wait forever.
        return cannot("be written", problem)
    return None
