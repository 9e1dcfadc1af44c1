from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stepladder.policy import Tier
from stepladder.routing import Acceptance, accepts
from stepladder.types import Labelled, Posterior, Reason, Unlabelled, Vote

LABELS = ("good", "bad", "mixed")
SURE = Posterior(LABELS, (0.9, 0.08, 0.02))
TORN = Posterior(LABELS, (0.45, 0.4, 0.15))


def tier(*rules: dict[str, Any]) -> Tier:
    return Tier.model_validate({"name": "small", "ask": ["m"], "accept": list(rules)})


def vote(annotator: str, label: str | None) -> Vote:
    outcome = Labelled(label) if label else Unlabelled(Reason.OFF_LIST)
    return Vote(annotator, outcome)


TWO_OF_THREE = (vote("a", "good"), vote("b", "good"), vote("c", "bad"))


@pytest.mark.parametrize(
    ("rule", "posterior", "reason"),
    [
        ({"probability": Decimal("0.9")}, SURE, "probability >= 0.9"),
        ({"margin": Decimal("0.8")}, SURE, "margin >= 0.8"),
        ({"entropy": Decimal("0.4")}, SURE, "entropy <= 0.4"),
        ({"agree": 2}, SURE, "agree >= 2"),
        (
            {"probability": Decimal("0.4"), "agree": 2},
            TORN,
            "probability >= 0.4 and agree >= 2",
        ),
        ({"probability": 1}, Posterior(LABELS, (1.0, 0.0, 0.0)), "probability >= 1"),
        ({"entropy": 0}, Posterior(LABELS, (1.0, 0.0, 0.0)), "entropy <= 0"),
    ],
)
def test_a_rule_that_holds_names_itself_as_the_reason(
    rule: dict[str, Any], posterior: Posterior, reason: str
) -> None:
    assert accepts(tier(rule), TWO_OF_THREE, posterior) == Acceptance(holds=True, reason=reason)


@pytest.mark.parametrize(
    ("rule", "posterior", "reason"),
    [
        ({"probability": Decimal("0.9")}, TORN, "probability 0.450 < 0.9"),
        ({"margin": Decimal("0.5")}, TORN, "margin 0.050 < 0.5"),
        # The entropy of (0.45, 0.4, 0.15) is 1.0104 nats, of ln 3 = 1.0986.
        ({"entropy": Decimal("0.5")}, TORN, "entropy 0.920 > 0.5"),
        ({"agree": 3}, SURE, "2 agree < 3"),
        (
            {"probability": Decimal("0.95"), "agree": 3},
            SURE,
            "probability 0.900 < 0.95, 2 agree < 3",
        ),
        ({"probability": Decimal("0.95"), "agree": 2}, SURE, "probability 0.900 < 0.95"),
        ({"probability": Decimal("0.9"), "agree": 3}, SURE, "2 agree < 3"),
    ],
)
def test_a_rule_that_does_not_hold_says_what_was_missing(
    rule: dict[str, Any], posterior: Posterior, reason: str
) -> None:
    assert accepts(tier(rule), TWO_OF_THREE, posterior) == Acceptance(holds=False, reason=reason)


def test_any_of_several_rules_will_do() -> None:
    rules = ({"agree": 3}, {"probability": Decimal("0.85"), "agree": 2})
    assert accepts(tier(*rules), TWO_OF_THREE, SURE).reason == "probability >= 0.85 and agree >= 2"


def test_when_no_rule_holds_each_shortfall_is_named_once() -> None:
    rules = ({"agree": 3}, {"agree": 3, "probability": Decimal("0.95")})
    assert accepts(tier(*rules), TWO_OF_THREE, SURE) == Acceptance(
        holds=False, reason="2 agree < 3, probability 0.900 < 0.95"
    )


def test_a_tier_without_rules_accepts_whatever_label_there_is() -> None:
    assert accepts(tier(), (vote("a", "bad"),), TORN).holds


@pytest.mark.parametrize(
    ("rule", "posterior"),
    [
        ({"probability": Decimal("0.9")}, Posterior(LABELS, (0.8999999999999999, 0.1, 0.0))),
        ({"margin": Decimal("0.8")}, Posterior(LABELS, (0.8999999999999999, 0.1, 0.0))),
        ({"entropy": 0}, Posterior(LABELS, (1.0, 1e-12, 0.0))),
    ],
)
def test_rounding_does_not_escalate_what_reaches_the_threshold(
    rule: dict[str, Any], posterior: Posterior
) -> None:
    assert accepts(tier(rule), (vote("a", "good"),), posterior).holds


def test_agreement_is_with_the_most_probable_label_not_among_any_votes() -> None:
    votes = (vote("a", "bad"), vote("b", "bad"), vote("c", "good"))
    assert not accepts(tier({"agree": 2}), votes, SURE).holds


def test_a_vote_without_a_label_agrees_with_nobody() -> None:
    votes = (vote("a", "good"), vote("b", None), vote("c", None))
    assert not accepts(tier({"agree": 2}), votes, SURE).holds


def test_an_annotator_asked_in_two_tiers_agrees_once() -> None:
    votes = (vote("a", "good"), vote("a", "good"), vote("b", "bad"))
    assert not accepts(tier({"agree": 2}), votes, SURE).holds
