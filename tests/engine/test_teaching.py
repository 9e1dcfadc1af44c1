"""Which sets of annotators a policy's route can have asked."""

from __future__ import annotations

from stepladder.engine.teaching import route_sets
from stepladder.policy import Policy


def policy(local: set[str], *tiers: list[str]) -> Policy:
    names = {name for tier in tiers for name in tier}
    annotators = {
        name: {"kind": "scripted", "answers": {}, "local": name in local} for name in names
    }
    ladder = [{"name": f"tier {n}", "ask": tier} for n, tier in enumerate(tiers)]
    return Policy.model_validate({"name": "sets", "annotators": annotators, "tiers": ladder})


def test_a_set_for_each_tier_with_those_below() -> None:
    assert route_sets(policy(set(), ["a", "b"], ["c"])) == (("a", "b"), ("a", "b", "c"))


def test_candidates_that_stay_on_the_users_machines_have_sets_of_their_own() -> None:
    found = route_sets(policy({"l1", "l2"}, ["far", "l1"], ["l2"]))
    assert found == (("far", "l1"), ("far", "l1", "l2"), ("l1",), ("l1", "l2"))
