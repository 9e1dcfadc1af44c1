"""One thread that writes: it commits whatever has gathered while the last commit ran.

Waiting for more to gather would be slower (batches form by themselves), and one
transaction per caller would sync the disk for each. What is added during one turn of the
event loop reaches the thread as one list per table.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

from stepladder.errors import LedgerError
from stepladder.ledger.batch import Batch, Errand, additions
from stepladder.ledger.pen import Pen
from stepladder.ledger.telling import by_loop, problem_of, soon, told


class Writer:
    """Adds rows durably, in the order given; those that gather are committed together.

    All but the thread runs in the event loop. After one failed write nothing is written
    any more, and whoever waits is told: what is sent then could not be accounted for.
    """

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._batches: SimpleQueue[Batch | None] = SimpleQueue()
        self._gathering: Batch | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: LedgerError | None = None
        self._told = False
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._thread.start()

    @property
    def batch(self) -> Batch:
        """What gathers in this turn of the event loop; raises LedgerError once closed."""
        return self._gathering or self._gather()

    @property
    def sound(self) -> bool:
        """Whether everything could be written."""
        return self._failure is None

    def kept(self) -> asyncio.Future[None]:
        """To be awaited: all that was added so far is on disk.

        It is written even if the caller is cancelled meanwhile. Raises LedgerError when
        some of it cannot be written.
        """
        loop = self._here()
        done: asyncio.Future[None] = loop.create_future()
        self.batch.waiting.append(done)
        return done

    def promise(self) -> asyncio.Future[None]:
        """Done when all that was added so far is on disk; nobody has to look at it."""
        loop = self._here()
        done: asyncio.Future[None] = loop.create_future()
        self.batch.promised.append(done)
        return done

    def do(self, work: Callable[[Pen], Any]) -> asyncio.Future[Any]:
        """To be awaited: what the work returns, done with the pen after all that was added."""
        loop = self._here()
        done: asyncio.Future[Any] = loop.create_future()
        self.batch.errands.append(Errand(work, done))
        return done

    def close(self) -> None:
        """Write what was added and stop; safe to call twice.

        Raises LedgerError for a failed write that nobody was told of yet.
        """
        self._hand_over()
        self._closed = True
        self._batches.put(None)
        self._thread.join()
        if self._failure is not None and not self._told:
            self._told = True
            raise self._failure

    def _here(self) -> asyncio.AbstractEventLoop:
        # Asking Python which loop runs is a system call; where one runs, no other does.
        if self._loop is None or not self._loop.is_running():
            loop = asyncio.get_running_loop()
            # The last loop may have ended before it handed over.
            self._hand_over()
            self._loop = loop
        return self._loop

    def _gather(self) -> Batch:
        if self._closed:
            raise LedgerError("the ledger is closed; open it again to write")
        loop = self._here()
        loop.call_soon(self._hand_over)
        self._gathering = Batch(loop)
        return self._gathering

    def _hand_over(self) -> None:
        batch, self._gathering = self._gathering, None
        if batch is not None:
            self._batches.put(batch)

    def _work(self) -> None:
        running = True
        while running:
            taken = [self._batches.get()]
            while not self._batches.empty():
                taken.append(self._batches.get())
            running = None not in taken
            self._commit([batch for batch in taken if batch is not None])

    def _commit(self, batches: Sequence[Batch]) -> None:
        if self._failure is None:
            self._failure = problem_of(lambda: self._pen.add(list(additions(batches))))
        for loop, of_loop in by_loop(batches).items():
            soon(loop, self._tell, of_loop, self._failure)
        for errand in (errand for batch in batches for errand in batch.errands):
            self._run(errand)

    def _run(self, errand: Errand) -> None:
        results: list[Any] = [None]
        if self._failure is None:
            self._failure = problem_of(lambda: results.append(errand.work(self._pen)))
        soon(errand.done.get_loop(), self._end, errand, self._failure, results[-1])

    def _tell(self, batches: Sequence[Batch], failure: LedgerError | None) -> None:
        """Say how the write ended, in the event loop: woken once, not once for everybody."""
        for batch in batches:
            for done in batch.waiting:
                self._told |= told(done, failure)
            for done in batch.promised:
                told(done, failure)

    def _end(self, errand: Errand, failure: LedgerError | None, result: Any) -> None:
        self._told |= told(errand.done, failure, result)
