"""Taking slices of a shared budget with a run's pen, and returning them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from stepladder.ledger.money import Money
from stepladder.ledger.pen import Pen
from stepladder.ledger.reaping import reap
from stepladder.ledger.share import Share, give_back, open_starts


@dataclass(frozen=True, slots=True)
class Leasing:
    """What one start leases; used by the thread that has the pen."""

    pen: Pen
    run: str
    share: Share
    numbers: Iterator[int]
    """Of the start's rows."""

    def take(self, number: int, least: Money, wish: Money) -> Money:
        """Lease under this number; dead starts give back what they hold before it is refused."""

        def take(connection: Connection) -> Money:
            return self.share.take(connection, self.pen.database, number, least, wish)

        granted = self.pen.do(take)
        if granted:
            return granted
        reap(self.pen, self.share.budget, self.run, self.numbers)
        return self.pen.do(take)

    def give_back(self) -> None:
        """Return what this run's starts leased and did not spend."""

        def close_starts(connection: Connection) -> None:
            found = open_starts(connection, self.run)
            give_back(connection, self.pen.database, self.numbers, found)

        self.pen.do(close_starts)
