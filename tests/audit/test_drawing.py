"""Drawing groups: chances that are known, and draws that fit together."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.audit.drawing import Drawn, Group, allocated, draw_groups, permanent_number

SEEDS = 4000


def groups(*sizes: int, stratum: str = "") -> list[Group]:
    return [Group(f"{stratum}{n}", size, stratum) for n, size in enumerate(sizes)]


def names(drawn: list[Drawn]) -> set[str]:
    return {one.group.name for one in drawn}


some_groups = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(["", "a", "b"])), min_size=1, max_size=30
).map(lambda found: [Group(f"g{n}", size, where) for n, (size, where) in enumerate(found)])


@given(some_groups, st.integers(1, 60), st.integers(-5, 5))
def test_each_group_comes_once_and_has_the_chance_of_its_stratum(
    pool: list[Group], rows: int, seed: int
) -> None:
    drawn = draw_groups(pool, rows, seed)
    assert len(names(drawn)) == len(drawn)
    assert {one.group for one in drawn} <= set(pool)
    for stratum in {group.stratum for group in pool}:
        there = sum(group.stratum == stratum for group in pool)
        taken = [one for one in drawn if one.group.stratum == stratum]
        assert taken
        assert {one.probability for one in taken} == {len(taken) / there}
    assert [one.turn for one in drawn] == sorted(one.turn for one in drawn)


@given(some_groups, st.integers(1, 40), st.integers(0, 20), st.integers(-5, 5))
def test_a_larger_draw_holds_the_smaller_one(
    pool: list[Group], rows: int, more: int, seed: int
) -> None:
    plain = [Group(group.name, group.size) for group in pool]
    assert names(draw_groups(plain, rows, seed)) <= names(draw_groups(plain, rows + more, seed))


@pytest.mark.parametrize("strata", [("", ""), ("a", "b")])
def test_how_often_each_candidate_is_drawn_is_its_probability(strata: tuple[str, str]) -> None:
    few, many = strata
    pool = [*groups(5, 1, 1, 1), *(Group(f"x{n}", 1 + n % 3, many) for n in range(12))]
    pool = [Group(g.name, g.size, g.stratum or few) for g in pool]
    counts: Counter[str] = Counter()
    claimed: dict[str, float] = {}
    for seed in range(SEEDS):
        for one in draw_groups(pool, 10, seed):
            counts[one.group.name] += 1
            assert claimed.setdefault(one.group.name, one.probability) == one.probability
    assert claimed.keys() == {group.name for group in pool}
    for name, chance in claimed.items():
        error = sqrt(chance * (1 - chance) / SEEDS)
        assert abs(counts[name] / SEEDS - chance) <= 4.5 * error, name


def test_weighing_by_the_inverse_gives_the_total_in_the_mean() -> None:
    pool = groups(1, 2, 9, 1, 1, 3, 1, 1)
    totals = [
        sum(one.group.size / one.probability for one in draw_groups(pool, 6, seed))
        for seed in range(SEEDS)
    ]
    mean = sum(totals) / SEEDS
    error = sqrt(sum((total - mean) ** 2 for total in totals) / SEEDS**2)
    assert abs(mean - 19) < 4 * error


def test_a_draw_that_is_stopped_early_is_as_even_over_the_strata() -> None:
    pool = [*groups(*[1] * 30, stratum="a"), *groups(*[1] * 300, stratum="b")]
    early = Counter(
        one.group.stratum
        for seed in range(300)
        for one in sorted(draw_groups(pool, 40, seed), key=lambda one: one.turn)[:20]
    )
    assert early["a"] / early.total() == pytest.approx(0.5, abs=0.03)


def test_strata_get_equal_shares_and_small_ones_all_they_have() -> None:
    assert allocated({"rare": 3, "some": 40, "many": 900}, 63) == {
        "rare": 3,
        "some": 30,
        "many": 30,
    }
    assert allocated({"a": 2, "b": 2}, 100) == {"a": 2, "b": 2}


def test_more_rows_than_there_are_take_everything_and_none_take_nothing() -> None:
    pool = groups(1, 2, 3)
    assert {one.probability for one in draw_groups(pool, 100, 0)} == {1.0}
    assert names(draw_groups(pool, 100, 0)) == {"0", "1", "2"}
    assert draw_groups(pool, 0, 0) == []
    assert draw_groups([], 5, 0) == []


def test_a_number_is_the_same_for_ever_and_another_for_another_seed() -> None:
    # Written down: a ledger's draws must fit those of later versions.
    assert permanent_number("r1", 0) == 0.49718620093616156
    assert permanent_number("r1", 1) != permanent_number("r1", 0)
    assert 0 <= permanent_number("half \ud800", 0) < 1
