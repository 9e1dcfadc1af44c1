from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.confidence.folds import group_folds, grouped_mean


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.integers(0, 5))
def test_every_row_is_held_out_once_and_never_without_its_group(
    groups: Sequence[str], seed: int
) -> None:
    folds = group_folds(groups, seed)
    if len(set(groups)) < 2:
        assert folds == ()
        return
    assert sorted(i for fold in folds for i in fold) == list(range(len(groups)))
    for fold in folds:
        assert fold
        inside = {groups[i] for i in fold}
        assert not inside & {groups[i] for i in range(len(groups)) if i not in fold}


def test_five_folds_of_even_size_when_groups_allow_it() -> None:
    groups = [str(i // 2) for i in range(100)]
    assert [len(fold) for fold in group_folds(groups, 0)] == [20] * 5


def test_two_groups_make_two_folds() -> None:
    assert set(group_folds(["a", "b", "a"], 0)) == {frozenset({0, 2}), frozenset({1})}


def test_the_seed_decides_the_split() -> None:
    groups = [str(i) for i in range(50)]
    assert group_folds(groups, 1) == group_folds(groups, 1)
    assert group_folds(groups, 1) != group_folds(groups, 2)


def test_with_rows_of_their_own_the_error_is_the_textbooks() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    found = grouped_mean(values, list("abcd"))
    assert found.mean == 4
    assert found.error == pytest.approx(values.std(ddof=1) / sqrt(4))


def test_copies_of_a_row_in_one_group_add_nothing() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    once = grouped_mean(values, list("abcd"))
    assert grouped_mean(np.repeat(values, 7), list("aaaaaaabbbbbbbcccccccddddddd")) == (
        pytest.approx(once)
    )


def test_weights_only_count_in_proportion() -> None:
    values, weight = np.array([1.0, 5.0, 3.0]), np.array([2.0, 1.0, 1.0])
    found = grouped_mean(values, list("abc"), weight)
    assert found.mean == (2 * 1 + 5 + 3) / 4
    assert grouped_mean(values, list("abc"), 10 * weight) == pytest.approx(found)


def test_of_a_single_group_nothing_is_known() -> None:
    assert grouped_mean(np.array([1.0, 2.0]), list("aa")) == (1.5, inf)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_error_is_that_of_clusters_drawn_anew(weighted: bool) -> None:
    """Rows of a group share most of their value: counting rows would claim half the error."""
    rng = np.random.default_rng(0)
    sizes = np.array([1, 2, 4, 8] * 15)
    groups = np.repeat(np.arange(60), sizes).astype(str).tolist()
    weight = rng.uniform(0.5, 3.0, len(groups)) if weighted else np.ones(len(groups))
    means, errors, naive = [], [], []
    for _ in range(800):
        values = np.repeat(rng.normal(0, 1, 60), sizes) + rng.normal(0, 0.5, len(groups))
        found = grouped_mean(values, groups, weight)
        means.append(found.mean)
        errors.append(found.error)
        naive.append(values.std() / sqrt(len(values)))
    # 800 draws know a standard deviation to 2.5 %; with 60 uneven groups it is a little small.
    assert float(np.mean(errors)) == pytest.approx(float(np.std(means)), rel=0.1)
    assert float(np.mean(naive)) < 0.6 * float(np.std(means))
