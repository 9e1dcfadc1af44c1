"""How many calls are under way, and how many came back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stepladder.annotators.base import Annotator, Reply
from stepladder.annotators.wrapper import Wrapper
from stepladder.engine import Setup
from stepladder.types import FIRST, Candidate, Draw


@dataclass(slots=True)
class Calls:
    """Counted over all annotators."""

    under_way: int = 0
    back: int = 0
    """Answered or failed, in this start."""


class Counted(Wrapper):
    """An annotator whose calls are counted."""

    def __init__(self, inner: Annotator, calls: Calls) -> None:
        super().__init__(inner)
        self._calls = calls

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        """Ask the inner annotator, counted."""
        self._calls.under_way += 1
        try:
            return await self.inner.ask(candidate, draw)
        finally:
            self._calls.under_way -= 1
            self._calls.back += 1


def counted(setup: Setup, calls: Calls) -> Setup:
    """The setup with every annotator counted."""
    annotators = {name: Counted(one, calls) for name, one in setup.annotators.items()}
    return replace(setup, annotators=annotators)
