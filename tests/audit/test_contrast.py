"""The difference of two shares: against published figures, and what holds for any counts."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.audit.contrast import contrast
from stepladder.audit.share import Share

COUNTS = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_newcombes_own_example() -> None:
    # Table II (a) of the paper, method 10: 56 of 70 and 48 of 80.
    found = contrast(Share(56, 70), Share(48, 80))
    assert found is not None
    assert found.difference == pytest.approx(0.2)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_fishers_tea() -> None:
    # Three of four cups right, of each kind: 34 of 70 ways are as uneven, or more so.
    found = contrast(Share(3, 4), Share(1, 4))
    assert found is not None
    assert found.p_value == pytest.approx(34 / comb(8, 4))


def test_nothing_has_no_difference() -> None:
    assert contrast(Share(1, 2), Share(0, 0)) is None
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None


@given(first=COUNTS, second=COUNTS)
def test_swapping_turns_it_round(first: tuple[int, int], second: tuple[int, int]) -> None:
    one, other = contrast(Share(*first), Share(*second)), contrast(Share(*second), Share(*first))
    assert one is not None
    assert other is not None
    assert one.interval.low == pytest.approx(-other.interval.high)
    assert one.interval.low - 1e-9 <= one.difference <= one.interval.high + 1e-9
    assert -1 - 1e-9 <= one.interval.low <= one.interval.high <= 1 + 1e-9
    assert one.p_value == pytest.approx(other.p_value)
