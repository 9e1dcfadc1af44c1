"""What the engine tells the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.types import NOTHING, UNUSED, CandidateKey, Usage, Usd


@dataclass(frozen=True, slots=True)
class RunStart:
    """What a run is: the same name and task again is a resume."""

    name: str
    task: str
    labels: str
    """JSON list."""
    task_digest: str
    policy_digest: str
    policy: str
    """JSON."""
    seed: int
    budget: Usd
    """The limit of the run's spend, or of the shared budget."""
    wages: Usd
    """The limit of the run's wages, or of the shared budget's."""
    version: str
    shared: str = ""
    """The name of the budget that it shares with other runs; empty for its own."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One attempt about to be made."""

    reservation: int
    key: CandidateKey
    annotator: str
    vote_key: str
    wage: bool
    quote: Usd
    price: str
    """The price entry and its date."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of an attempt, and what it cost."""

    attempt: int
    wage: bool
    outcome: str
    cost: Usd
    usage: Usage
    seconds: float
    detail: str = ""

    @classmethod
    def unsent(cls, attempt: int, detail: str, *, wage: bool) -> Settlement:
        """Of an attempt that was not made in the end, and cost nothing."""
        return cls(attempt, wage, "refunded", NOTHING, UNUSED, 0.0, detail)
