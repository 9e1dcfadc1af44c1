"""What is known of one candidate while it climbs: its money, and what each annotator used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stepladder.engine.account import Hold
from stepladder.types import NOTHING, UNUSED, Usage, Usd, Vote


@dataclass(slots=True)
class Tally:
    """The attempts of one annotator on one candidate so far."""

    attempts: int = 0
    """Those that were paid for; what is refunded does not count."""
    usage: Usage = UNUSED
    cost: Usd = NOTHING
    vote: Vote | None = None
    """The vote, once an attempt was answered."""

    def paid(self, usage: Usage, cost: Usd) -> None:
        """Count an attempt that was, or may have been, billed."""
        self.usage = self.usage + usage if self.attempts else usage
        self.cost = self.cost + cost if self.attempts else cost
        self.attempts += 1


@dataclass(slots=True)
class Claim:
    """A candidate's reservation."""

    number: int
    """The reservation in the ledger."""
    hold: Hold
    quotes: Mapping[str, Usd]
    """The most that one attempt can cost, by annotator."""
    tallies: dict[str, Tally] = field(default_factory=dict)
    """By annotator."""

    def tally(self, annotator: str) -> Tally:
        """The annotator's tally, empty at first."""
        return self.tallies.setdefault(annotator, Tally())
