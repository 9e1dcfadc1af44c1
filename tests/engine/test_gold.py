"""Which gold calibrates: whole groups, never more than wanted, the same for the same seed."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.engine.gold import Gold
from stepladder.policy import Policy


def policy(rows: int, share: str = "0.5") -> Policy:
    return Policy.model_validate(
        {
            "name": "p",
            "annotators": {"a": {"kind": "scripted", "answers": {}}},
            "tiers": [{"name": "t", "ask": "a"}],
            "calibration": {"rows": rows, "share": Decimal(share)},
        }
    )


def gold(groups: list[str]) -> Gold:
    """Gold at every other place."""
    found = Gold()
    for number, group in enumerate(groups):
        found.add(2 * number, group)
    return found


@given(
    groups=st.lists(st.sampled_from("abcdefgh"), max_size=30),
    rows=st.integers(0, 20),
    seed=st.integers(0, 5),
)
def test_whole_groups_within_the_number_and_the_share(
    groups: list[str], rows: int, seed: int
) -> None:
    chosen = gold(groups).choose(policy(rows), seed)
    assert len(chosen) <= min(rows, len(groups) // 2)
    assert len(set(chosen)) == len(chosen)
    taken = {groups[place // 2] for place in chosen}
    assert sorted(chosen) == [2 * n for n, group in enumerate(groups) if group in taken]


@pytest.mark.parametrize(
    ("groups", "rows", "share", "said"),
    [
        (
            "aaaaaa",
            9,
            "0.5",
            "the only group of gold has 6 rows, more than calibration.share lets calibrate "
            "(3 of 6), so none does: give gold of more groups",
        ),
        (
            "aaaaabbbb",
            9,
            "0.4",
            "every group of gold has at least 4 rows, more than calibration.share lets calibrate "
            "(3 of 9), so none does: give gold of more groups, or raise calibration.share",
        ),
        (
            "aabb",
            1,
            "1",
            "every group of gold has at least 2 rows, more than calibration.rows lets calibrate "
            "(1 of 4), so none does: give gold of more groups, or raise calibration.rows",
        ),
    ],
)
def test_groups_too_large_to_calibrate_are_told(
    groups: str, rows: int, share: str, said: str
) -> None:
    found = gold(list(groups))
    assert found.choose(policy(rows, share), 0) == ()
    assert found.too_large(policy(rows, share)) == (said,)


@pytest.mark.parametrize(
    ("groups", "rows", "share"),
    [("aabbb", 9, "0.5"), ("aaaa", 9, "1"), ("aaaa", 0, "0.5"), ("a", 9, "0.5"), ("", 9, "0.5")],
)
def test_nothing_is_told_where_a_group_fits_or_none_is_wanted(
    groups: str, rows: int, share: str
) -> None:
    assert gold(list(groups)).too_large(policy(rows, share)) == ()


@given(groups=st.lists(st.sampled_from("abcdefgh"), max_size=30), seed=st.integers(0, 5))
def test_the_choice_is_that_of_shuffled_groups(groups: list[str], seed: int) -> None:
    """Ledgers of earlier versions were calibrated on exactly these rows, in this order."""
    members: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(2 * number)
    shuffled = [members[group] for group in sorted(members)]
    random.Random(seed).shuffle(shuffled)  # noqa: S311
    expected: list[int] = []
    for places in shuffled:
        if len(expected) + len(places) <= min(10, len(groups) // 2):
            expected += places
    assert gold(groups).choose(policy(10), seed) == tuple(expected)


def test_rows_drawn_with_unequal_chances_are_worth_less() -> None:
    """Kish: of ten weights of 1 and ten of 9 comes 100**2 / (10 + 810)."""
    found = Gold()
    for place in range(20):
        found.add(place, f"g{place}", 0.9 if place < 10 else 0.1)
    assert found.worth(range(20)) == pytest.approx(100**2 / 820)
    assert found.worth(range(10)) == pytest.approx(10)
    assert found.worth([]) == 0
    assert found.groups == 20


def test_gold_that_was_not_drawn_weighs_alike() -> None:
    found = Gold()
    for place in range(5):
        found.add(place, "one")
    assert found.worth(range(5)) == 5
    assert found.groups == 1
