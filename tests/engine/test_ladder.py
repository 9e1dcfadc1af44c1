"""Who may be asked on which tier, for candidates of both kinds."""

from __future__ import annotations

from typing import Any

from stepladder.engine.ladder import Ladder
from stepladder.policy import Policy


def policy(local: set[str], *tiers: list[str]) -> Policy:
    names = {name for tier in tiers for name in tier}
    annotators: dict[str, Any] = {
        name: {"kind": "scripted", "answers": {}, "local": name in local} for name in names
    }
    ladder = [{"name": f"tier {n}", "ask": tier} for n, tier in enumerate(tiers)]
    return Policy.model_validate({"name": "p", "annotators": annotators, "tiers": ladder})


def test_everybody_may_see_a_candidate_that_may_leave() -> None:
    ladder = Ladder.of(policy({"a"}, ["a"], ["b", "c"]), local_only=False)
    assert ladder.asked == (("a",), ("b", "c"))
    assert ladder.reachable == (0, 1)


def test_one_that_must_stay_is_shown_to_local_ones_only() -> None:
    ladder = Ladder.of(policy({"a", "c"}, ["a"], ["b", "c"], ["d"]), local_only=True)
    assert ladder.asked == (("a",), ("c",), ())
    assert ladder.reachable == (0, 1)


def test_a_tier_without_local_ones_is_left_out_wherever_it_stands() -> None:
    ladder = Ladder.of(policy({"b"}, ["a"], ["b"], ["c"]), local_only=True)
    assert ladder.reachable == (1,)


def test_nobody_may_see_it() -> None:
    ladder = Ladder.of(policy(set(), ["a"], ["b"]), local_only=True)
    assert ladder.reachable == ()
