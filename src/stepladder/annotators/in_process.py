"""What annotators share that need nothing opened and nothing closed."""

from __future__ import annotations

from stepladder.types import FIRST, Candidate, Draw, Usage


class InProcess:
    """An annotator inside this process: no connection, no tokens.

    Base of the annotators that come with stepladder, and of one's own: what is
    left to write is `key` and `ask`.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        """The name in the policy."""
        return self._name

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:  # noqa: ARG002
        """One request, and no tokens."""
        return Usage()

    async def open(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Nothing to let go of."""
