"""How many requests may be in flight: few at first, more as they are answered."""

from __future__ import annotations

import asyncio

FIRST_WINDOW = 8
"""Requests in flight at first."""
OPENED_BY = 4
"""Answers that let one more go, up to the most: a quarter more with each round trip.

Slow start (Jacobson, "Congestion Avoidance and Control", 1988), half as fast: all that is
in flight beyond a limit is refused when the limit is met first.
"""


class Slots(asyncio.Semaphore):
    """A semaphore that opens as answers come; it wakes its waiters in order."""

    def __init__(self, most: int) -> None:
        """`most` are the requests in flight in the end."""
        window = min(FIRST_WINDOW, most)
        super().__init__(window)
        self._closed, self._until_next = most - window, OPENED_BY

    def answered(self) -> None:
        """After an answer: every few of them open one more slot."""
        if not self._closed:
            return
        self._until_next -= 1
        if not self._until_next:
            self._until_next = OPENED_BY
            self._closed -= 1
            self.release()
