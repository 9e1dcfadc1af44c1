"""What a policy is tuned for."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.tune.promise import Of


@dataclass(frozen=True, slots=True)
class WithinBudget:
    """As accurate as can be at this mean cost."""

    usd: float
    """Per candidate, people's wages included."""


@dataclass(frozen=True, slots=True)
class AtMostError:
    """As cheap as can be at this error."""

    error: float
    """0 to 1."""
    of: Of
    """Of all delivered labels, or of those that machines gave."""


@dataclass(frozen=True, slots=True)
class ErrorCost:
    """As cheap as can be, wrong labels at their price included."""

    usd: float
    """Of one wrong label."""


@dataclass(frozen=True, slots=True)
class AsGoodAsTheBest:
    """As cheap as can be, within one standard error of the most accurate."""


Goal = WithinBudget | AtMostError | ErrorCost | AsGoodAsTheBest
