"""What a row of gold weighs, by hand and for any draw."""

from __future__ import annotations

from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.confidence.weighing import weights

chances = st.floats(1e-6, 1.0)
counts = st.dictionaries(st.none() | chances, st.integers(0, 500), max_size=6)


def test_a_drawn_row_stands_for_as_many_as_it_was_drawn_from() -> None:
    """Two of four and one of ten: three rows for 14 candidates."""
    found = weights({0.5: 2, 0.1: 1})
    assert found[0.5] == pytest.approx(2 * 3 / 14)
    assert found[0.1] == pytest.approx(10 * 3 / 14)


def test_gold_that_was_not_drawn_weighs_one_beside_any_draw() -> None:
    assert weights({None: 7, 0.5: 2, 0.1: 1}) == {None: 1.0, **weights({0.5: 2, 0.1: 1})}
    assert weights({None: 7}) == {None: 1.0}
    assert weights({}) == {}


@given(chance=chances, count=st.integers(1, 500))
def test_rows_drawn_alike_weigh_exactly_one(chance: float, count: int) -> None:
    assert weights({chance: count, None: 3}) == {chance: 1.0, None: 1.0}


@given(counts)
def test_drawn_rows_weigh_one_in_the_mean(rows: dict[float | None, int]) -> None:
    found = weights(rows)
    assert found.keys() == rows.keys()
    drawn = [chance for chance in rows if chance is not None]
    total = sum(rows[chance] for chance in drawn)
    if total:
        assert fsum(rows[chance] * found[chance] for chance in drawn) == pytest.approx(total)
