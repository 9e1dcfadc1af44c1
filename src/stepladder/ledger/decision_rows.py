"""Decisions as rows of the ledger, and back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from stepladder.ledger.cells import (
    Values,
    json_text,
    readable,
    route_of,
    shares_of,
    storable,
    usage_of,
    usage_text,
    whole,
)
from stepladder.ledger.fitting import fitting, fitting_cost
from stepladder.types import CandidateKey, Decision, Posterior, Status, Usd


def decision_values(number: int, decision: Decision, basis: str) -> Values:
    """The row of the table `decision`."""
    posterior = decision.posterior
    return (
        number,
        decision.key.id,
        decision.key.question,
        basis,
        decision.status.value,
        decision.label,
        decision.probability,
        json_text(posterior.by_label()) if posterior else None,
        decision.calibrated,
        _route(decision.route),
        # Sums of what fits, which need not fit.
        fitting_cost(decision.cost).pico,
        usage_text(fitting(decision.usage)),
        storable(decision.reason),
    )


def decision_of(row: Mapping[str, Any]) -> Decision:
    """The decision in a row of the table `decision`; raises LedgerError as `vote_of`."""
    with readable("decision", row):
        return _decision_of(row)


def _decision_of(row: Mapping[str, Any]) -> Decision:
    shares = shares_of(row["posterior"]) if row["posterior"] else None
    return Decision(
        key=CandidateKey(row["candidate"], row["question"]),
        status=Status(row["status"]),
        label=row["label"],
        probability=row["probability"],
        posterior=Posterior(tuple(shares), tuple(shares.values())) if shares else None,
        calibrated=bool(row["calibrated"]),
        route=route_of(row["route"]),
        cost=Usd(whole(row["cost_pico"])),
        usage=usage_of(row["usage"]),
        reason=row["reason"],
    )


@lru_cache(maxsize=1024)
def _route(route: tuple[str, ...]) -> str:
    return json_text(route)
