"""The one call shape of every annotator and of every wrapper around one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from stepladder.types import FIRST, NO_CONFIDENCE, Candidate, Confidence, Draw, Outcome, Usage


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a provider says that it allows; None where it says nothing."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    """Prompt and answer together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an annotator answered to one attempt; the engine makes it a vote."""

    outcome: Outcome
    """The label, or why there is none."""
    confidence: Confidence = NO_CONFIDENCE
    """Raw, with its source."""
    usage: Usage = Usage()
    """Tokens of this attempt, as the provider counted them."""
    model: str = ""
    """The model version that the provider says answered."""
    text: str = ""
    """The answer as it came, shortened."""
    allowance: Allowance | None = None
    """The provider's limits, if the answer came with them."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person has not answered yet."""


Reply = Answer | Waiting


@runtime_checkable
class Annotator(Protocol):
    """Whoever answers. Wrappers are annotators too, so they compose.

    A draw is which of several times the same candidate is put to it: another wording of the
    task, or the same once more.
    """

    @property
    def name(self) -> str:
        """The name in the policy."""

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """Digest of all that decides the answer: prompt, model, parameters, and the draw."""

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:
        """The most tokens that one attempt at this draw can use, by kind."""

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        """One attempt; raises AnnotatorError when it fails."""

    async def open(self) -> None:
        """Get ready: connect, start a server. Raises UserError when that cannot work."""

    async def close(self) -> None:
        """Let go of connections and servers; safe to call twice."""
