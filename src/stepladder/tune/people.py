"""Policies that ask people alone, and what people are paid."""

from __future__ import annotations

from stepladder.policy import Policy, Tier
from stepladder.simulate.scenario import Scenario
from stepladder.tune.ladder_policy import person_of
from stepladder.types import Usage

ANSWER = Usage()
"""One answer."""


def people_alone(base: Policy, name: str) -> Policy:
    """Every candidate to the person that the base policy describes."""
    people = person_of(base)
    tier = Tier(name=next(iter(people)), ask=tuple(people))
    return Policy(
        name=name, budget=base.budget, prices=base.prices, annotators=people, tiers=(tier,)
    )


def wage_of(base: Policy, scenario: Scenario) -> float:
    """Of that person for one answer, in USD; raises PriceError for an unknown wage."""
    (rate,) = scenario.rates(people_alone(base, "people")).values()
    return float(rate.cost(ANSWER).decimal)
