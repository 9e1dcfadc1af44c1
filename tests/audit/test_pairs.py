"""The exact McNemar and sign test, by hand."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.audit.pairs import Pairs


def test_one_way_only_is_a_run_of_heads() -> None:
    assert Pairs(0, 5).differ == pytest.approx(2 / 32)
    assert Pairs(0, 5).worse == pytest.approx(1 / 32)
    assert Pairs(5, 0).worse == pytest.approx(1)


def test_without_a_pair_that_differs_nothing_is_known() -> None:
    assert Pairs(0, 0).differ == Pairs(0, 0).worse == 1


@given(gains=st.integers(0, 30), losses=st.integers(0, 30))
def test_it_counts_coins(gains: int, losses: int) -> None:
    total = gains + losses
    tail = sum(comb(total, k) for k in range(gains + 1)) / 2**total
    assert Pairs(gains, losses).worse == pytest.approx(tail)
    assert Pairs(gains, losses).differ == pytest.approx(Pairs(losses, gains).differ)
