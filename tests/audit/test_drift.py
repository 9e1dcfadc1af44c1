"""Did answers change: a table by hand, invariants, the level of the verdict, and its power."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.audit.drift import Drift, Twice, drift
from stepladder.audit.pairs import Pairs
from stepladder.audit.share import Share

LABELS = ("a", "b", "c")
ANSWERS = st.sampled_from((*LABELS, None))


def pairs(written: str, gold: str | None = None) -> list[Twice]:
    """`ab ab a-`: before and after, `-` for no label."""
    said = [[None if a == "-" else a for a in pair] for pair in written.split()]
    return [Twice(before, after, gold) for before, after in said]


def test_a_table_by_hand() -> None:
    found = drift(pairs("aa aa bb", "a") + pairs("ab ab ab cb", "a") + pairs("a-"), LABELS, 0.02)
    assert found.changed == Share(5, 8)
    assert {shift.label: shift.moves for shift in found.shifts} == {
        "a": Pairs(0, 4),
        "b": Pairs(4, 0),
        "c": Pairs(0, 1),
        None: Pairs(1, 0),
    }
    # Sign tests of 2/16, 2/16, 1 and 1, the smallest times the four that there are.
    assert [shift.p_value for shift in found.shifts] == pytest.approx([0.5, 0.5, 1, 1])
    assert (found.right_before, found.right_after) == (Share(5, 7), Share(2, 7))
    assert found.p_accuracy == pytest.approx(2 / 8)
    assert found.too_many
    assert found.found
    assert not found.shifted


def test_a_shift_within_the_tolerance_is_found_all_the_same() -> None:
    found = drift(pairs("ab " * 12 + "aa " * 988), LABELS, 0.02)
    assert not found.too_many
    assert {shift.label for shift in found.shifted} == {"a", "b"}
    assert found.found


def test_changes_that_cancel_out_are_no_shift() -> None:
    found = drift(pairs("ab ba " * 5 + "aa " * 990), LABELS, 0.02)
    assert not found.found
    assert found.changed == Share(10, 1000)


def test_without_gold_there_are_two_questions() -> None:
    assert drift(pairs("aa ab"), LABELS, 0.02).level == pytest.approx(0.025)
    assert drift(pairs("aa ab", "a"), LABELS, 0.02).level == pytest.approx(0.05 / 3)


def test_nothing_to_compare_finds_nothing() -> None:
    found = drift([], LABELS, 0.02)
    assert not found.found
    assert found.noticeable is None


@given(st.lists(st.builds(Twice, ANSWERS, ANSWERS, ANSWERS), max_size=40))
def test_what_holds_for_any_answers(twice: list[Twice]) -> None:
    found = drift(twice, LABELS, 0.02)
    came = sum(shift.moves.gains for shift in found.shifts)
    left = sum(shift.moves.losses for shift in found.shifts)
    assert came == left == found.changed.count
    back = drift([Twice(one.after, one.before, one.gold) for one in twice], LABELS, 0.02)
    assert back.changed == found.changed
    assert (back.right_before, back.right_after) == (found.right_after, found.right_before)
    assert [s.p_value for s in back.shifts] == pytest.approx([s.p_value for s in found.shifts])


def share_found(make: Callable[[random.Random], Twice], runs: int, size: int) -> float:
    rng = random.Random(11)  # noqa: S311

    def one() -> Drift:
        return drift([make(rng) for _ in range(size)], LABELS, 0.05)

    return sum(one().found for _ in range(runs)) / runs


def changing(chance: float) -> Callable[[random.Random], Twice]:
    """Another label with that chance, none more than the others."""

    def make(rng: random.Random) -> Twice:
        before = rng.choice(LABELS)
        others = [label for label in LABELS if label != before]
        after = rng.choice(others) if rng.random() < chance else before
        return Twice(before, after, rng.choice(LABELS))

    return make


def test_what_is_tolerated_raises_few_alarms() -> None:
    assert share_found(changing(0.05), runs=200, size=100) <= 0.09


def test_a_noticeable_change_is_noticed() -> None:
    seen = drift([Twice("a", "a", "a")] * 100, LABELS, 0.05).noticeable
    assert seen is not None
    assert share_found(changing(seen), runs=200, size=100) >= 0.73
