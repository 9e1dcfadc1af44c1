"""The Wilson interval: by hand, against scipy, and against what it promises."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from stepladder.audit import wilson


def test_an_example_by_hand() -> None:
    # z = 1.96 and z² = 3.8415; 8 of 10: middle (0.8 + 3.8415/20) / 1.38415 = 0.71674,
    # half 1.96/1.38415 * sqrt(0.016 + 3.8415/400) = 0.22659.
    found = wilson(8, 10)
    assert found.low == pytest.approx(0.49015, abs=2e-5)
    assert found.high == pytest.approx(0.94333, abs=2e-5)


def test_all_right_is_no_certainty() -> None:
    # The lower limit is n / (n + z²) then: 10 / 13.8415.
    assert wilson(10, 10).low == pytest.approx(10 / 13.8415, abs=1e-5)
    assert wilson(10, 10).high == 1.0
    assert wilson(0, 10).low == 0.0


@given(data=st.data(), total=st.integers(1, 2000), confidence=st.sampled_from((0.8, 0.95, 0.99)))
def test_it_is_scipys(data: st.DataObject, total: int, confidence: float) -> None:
    right = data.draw(st.integers(0, total))
    theirs = binomtest(right, total).proportion_ci(confidence, method="wilson")
    ours = wilson(right, total, confidence=confidence)
    assert ours.low == pytest.approx(theirs.low, abs=1e-9)
    assert ours.high == pytest.approx(theirs.high, abs=1e-9)
    assert 0 <= ours.low <= right / total <= ours.high <= 1


@pytest.mark.parametrize("true_share", [0.6, 0.8, 0.9])
def test_it_covers_the_true_share_about_as_often_as_it_says(true_share: float) -> None:
    total = 150
    covered = sum(
        comb(total, right) * true_share**right * (1 - true_share) ** (total - right)
        for right in range(total + 1)
        if wilson(right, total).low <= true_share <= wilson(right, total).high
    )
    assert covered == pytest.approx(0.95, abs=0.02)


@given(total=st.floats(0.1, 1e6), share=st.floats(0, 1))
def test_rows_that_are_worth_a_broken_number_have_an_interval_too(
    total: float, share: float
) -> None:
    found = wilson(share * total, total)
    assert 0 <= found.low <= share * total / total <= found.high <= 1


@pytest.mark.parametrize(("right", "total"), [(0, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(right: int, total: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(right, total)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_impossible_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        wilson(1, 2, confidence=confidence)
