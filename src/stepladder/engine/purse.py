"""The money of one run: what it may spend, alone or with others, and what it has spent."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.engine.account import Account, Lender, Wall
from stepladder.engine.lending import Lending
from stepladder.engine.setup import RunOptions, Setup
from stepladder.ledger import Ledger, Money


@dataclass(frozen=True, slots=True)
class Purse:
    """The walls of a run."""

    limits: Money
    """What the run, or all that share its budget, may spend."""
    usd: Wall
    """The wall for everything but wages; of a shared budget, what this run has leased."""
    wages: Wall
    """The same for people's wages."""
    shared: str
    """The name of the budget that this run shares with others; empty for its own."""

    @classmethod
    def of(cls, setup: Setup, options: RunOptions) -> Purse:
        """Full; raises PolicyError when nobody named a budget."""
        limits = Money(setup.budget(options), setup.wages(options))
        shared = options.shared or setup.policy.budget.shared
        return cls(limits, Wall(limits.usd), Wall(limits.wages), shared)

    def account(self, ledger: Ledger) -> Account:
        """Whoever reserves and settles, once it is known what earlier starts spent."""
        self.usd.spent, self.wages.spent = ledger.spent.usd, ledger.spent.wages
        return Account(self.usd, self.wages, self._lender(ledger))

    def _lender(self, ledger: Ledger) -> Lender | None:
        if not self.shared:
            return None
        # Nothing may be held before it is leased; what is spent already was.
        self.usd.limit, self.wages.limit = self.usd.spent, self.wages.spent
        return Lending(ledger, self.limits)
