"""What is known of one candidate while it climbs: its money, and what each call used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stepladder.engine.account import Hold
from stepladder.engine.call import Call
from stepladder.ledger.fitting import fitting, fitting_cost
from stepladder.types import NOTHING, UNUSED, Usage, Usd, Vote


@dataclass(slots=True)
class Attempts:
    """Those of one call about one candidate so far."""

    number: int = 0
    """Those that were paid for; what is refunded does not count."""
    usage: Usage = UNUSED
    cost: Usd = NOTHING
    vote: Vote | None = None
    """The vote, once an attempt was answered."""

    def paid(self, usage: Usage, cost: Usd) -> None:
        """Count an attempt that was, or may have been, billed."""
        self.usage = fitting(self.usage + usage) if self.number else usage
        self.cost = fitting_cost(self.cost + cost) if self.number else cost
        self.number += 1


@dataclass(slots=True)
class Claim:
    """A candidate's reservation."""

    number: int
    """The reservation in the ledger."""
    hold: Hold
    quotes: Mapping[Call, Usd]
    """The most that one attempt can cost, by call."""
    _attempts: dict[Call, Attempts] = field(default_factory=dict)

    def attempts(self, call: Call) -> Attempts:
        """The call's attempts, none at first."""
        return self._attempts.setdefault(call, Attempts())
