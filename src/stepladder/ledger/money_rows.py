"""Reservations, intents and settlements as rows of the ledger."""

from __future__ import annotations

from stepladder.ledger.cells import Values, storable
from stepladder.ledger.entries import Intent, Settlement
from stepladder.types import CandidateKey, Usd


def reservation_values(number: int, key: CandidateKey, usd: Usd, wages: Usd) -> Values:
    """The row of the table `reservation`."""
    return (number, key.id, key.question, usd.pico, wages.pico)


def intent_values(number: int, intent: Intent) -> Values:
    """The row of the table `attempt`."""
    return (
        number,
        intent.reservation,
        intent.key.id,
        intent.key.question,
        intent.annotator,
        intent.vote_key,
        intent.wage,
        intent.quote.pico,
        intent.price,
    )


def settlement_values(settlement: Settlement) -> Values:
    """The row of the table `settlement`."""
    used = settlement.usage
    return (
        settlement.attempt,
        settlement.wage,
        settlement.outcome,
        settlement.cost.pico,
        used.input,
        used.cached_input,
        used.cache_write,
        used.output,
        used.reasoning,
        settlement.seconds,
        storable(settlement.detail),
    )
