"""What was added is on disk before anybody goes on."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

from stepladder.errors import LedgerError
from stepladder.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Flushing:
    """Work (`async with`) at whose end all that it added is on disk, also if it fails.

    Raises LedgerError when some of it cannot be; an error of the work goes before that:
    it was first, and says what to mend.
    """

    ledger: Ledger

    async def __aenter__(self) -> None:
        """Nothing to do yet."""

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for the disk."""
        try:
            await self.ledger.flush()
        except LedgerError:
            if not isinstance(problem, Exception):
                raise
