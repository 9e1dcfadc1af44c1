"""Gold rows that are counted one by one, and what they are worth."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.confidence.weighing import weights
from stepladder.engine.tally import Tally

rows = st.lists(st.tuples(st.none() | st.floats(1e-6, 1.0), st.booleans()), min_size=1)


def tally(**counts: int) -> Tally:
    """Rows by chance in percent; `file` for those that were not drawn."""
    by_chance = {None if k == "file" else int(k[1:]) / 100: n for k, n in counts.items()}
    return Tally(Counter(by_chance))


def test_what_rows_are_worth_by_hand() -> None:
    """Weights 1 and 19, a hundred times each: (100 + 1900)² / (100 + 100 * 361)."""
    drawn = tally(p100=100, p5=100)
    assert drawn.effective({1.0: 1.0, 0.05: 19.0}) == pytest.approx(2000**2 / 36200)
    assert drawn.weight({1.0: 1.0, 0.05: 19.0}) == 2000
    assert drawn.rows == 200


def test_rows_that_weigh_the_same_are_worth_themselves() -> None:
    alike = tally(p5=30, file=12)
    scale = weights(alike.by_chance)
    assert alike.even(scale)
    assert alike.effective(scale) == 42.0


def test_what_never_occurred_makes_nothing_uneven() -> None:
    found = tally(p5=30)
    found.add(0.5, 0)
    assert found.even({0.05: 3.0, 0.5: 1.0})
    assert Tally().effective({}) == 0.0


def test_the_rest_of_the_rows() -> None:
    assert (tally(p5=30, file=12) - tally(p5=10, file=12)).by_chance == {0.05: 20}


@given(rows, st.randoms())
def test_any_rows_in_any_order(found: list[tuple[float | None, bool]], chance: object) -> None:
    every, right = Tally(), Tally()
    for drawn, is_right in found:
        every.add(drawn)
        right.add(drawn, is_right)
    scale = weights(every.by_chance)
    assert 0 <= right.weight(scale) / every.weight(scale) <= 1
    assert 0 < every.effective(scale) <= every.rows == len(found)
