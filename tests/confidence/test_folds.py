from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from stepladder.confidence.folds import group_folds


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
