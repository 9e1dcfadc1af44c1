"""What every wrapper around an annotator shares: it answers for the one inside."""

from __future__ import annotations

from stepladder.annotators.base import Annotator, Reply
from stepladder.types import FIRST, Candidate, Draw, Usage


class Wrapper:
    """An annotator that passes everything on; a wrapper of one's own overrides `ask`."""

    def __init__(self, inner: Annotator) -> None:
        self.inner = inner
        """The annotator that is asked."""
        self.name = inner.name
        """The name in the policy."""

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """The inner annotator's key: wrapping changes no answer."""
        return self.inner.key(candidate, draw)

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:
        """The most tokens that one attempt can use, by kind."""
        return self.inner.bound(candidate, draw)

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        """Ask the inner annotator; raises AnnotatorError as it does."""
        return await self.inner.ask(candidate, draw)

    async def open(self) -> None:
        """Get the inner annotator ready."""
        await self.inner.open()

    async def close(self) -> None:
        """Close the inner annotator."""
        await self.inner.close()


def unwrapped(annotator: Annotator) -> Annotator:
    """The annotator inside all wrappers."""
    while isinstance(annotator, Wrapper):
        annotator = annotator.inner
    return annotator
