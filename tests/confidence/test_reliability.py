"""Calibration error: what a perfect calibrator has by chance, and what a bad one has besides."""

from __future__ import annotations

from itertools import pairwise
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.confidence.reliability import (
    Reliability,
    brier,
    briers,
    log_loss,
    log_losses,
    reliability,
)
from stepladder.types.arrays import Floats


def simulated(seed: int, rows: int, off: float = 0.0) -> Reliability:
    """Top labels that are right as often as is said, less `off`."""
    chance = np.random.default_rng(seed)
    said = chance.uniform(0.5, 1.0, rows)
    right = chance.random(rows) < said - off
    return reliability(said, right, seed=seed)


def within(values: list[float], truth: float, errors: float = 3.0) -> bool:
    error = float(np.std(values, ddof=1)) / sqrt(len(values))
    return abs(float(np.mean(values)) - truth) < errors * error


def test_a_perfect_calibrator_has_no_error_once_it_is_debiased() -> None:
    found = [simulated(seed, 300) for seed in range(200)]
    assert within([one.debiased for one in found], 0.0)
    plain = float(np.mean([one.error for one in found]))
    assert plain > 0.03
    assert min(one.debiased for one in found) < 0


def test_the_squared_error_of_a_perfect_calibrator_is_nothing_too() -> None:
    # The share's variance is a little overestimated where a bin's probabilities differ.
    squares = [simulated(seed, 300).squared for seed in range(200)]
    assert abs(float(np.mean(squares))) < 2e-4


def test_a_known_miscalibration_is_found() -> None:
    found = [simulated(seed, 4000, off=0.1) for seed in range(20)]
    assert within([one.error for one in found], 0.1)
    assert float(np.mean([one.debiased for one in found])) == pytest.approx(0.1, abs=0.02)
    assert float(np.mean([one.squared for one in found])) == pytest.approx(0.01, abs=0.001)


def test_what_was_said_and_what_was_right_by_bin() -> None:
    said = np.array([0.6, 0.6, 0.6, 0.6, 0.9, 0.9, 0.9, 0.9])
    right = np.array([True, False, False, False, True, True, True, True])
    found = reliability(said, right, bins=2)
    assert [one.probability for one in found.bins] == pytest.approx([0.6, 0.9])
    assert [(one.right, one.rows) for one in found.bins] == [(0.25, 4), (1.0, 4)]
    assert found.error == pytest.approx((0.35 + 0.1) / 2)
    # Wilson's interval for one of four, and for four of four.
    assert (found.bins[0].low, found.bins[0].high) == pytest.approx((0.0456, 0.6994), abs=1e-3)
    assert (found.bins[1].low, found.bins[1].high) == pytest.approx((0.5101, 1.0), abs=1e-3)
    assert found.tenths == (0, 0, 0, 0, 0, 0, 4, 0, 0, 4)
    # (0.35² - 0.25 · 0.75 / 3 + 0.1²) / 2
    assert found.squared == pytest.approx((0.35**2 - 0.0625 + 0.01) / 2)


@given(
    st.lists(st.tuples(st.sampled_from([0.5, 0.7, 0.9]), st.booleans()), min_size=2, max_size=60)
)
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[float, bool]]) -> None:
    found = [
        reliability(np.array([p for p, _ in some]), np.array([r for _, r in some]))
        for some in (rows, rows[::-1], sorted(rows))
    ]
    assert found[0] == found[1] == found[2]
    assert found[0].rows == len(rows) == sum(one.rows for one in found[0].bins)
    sizes = [one.rows for one in found[0].bins]
    assert max(sizes) - min(sizes) <= 1


def test_equal_probabilities_are_not_sorted_by_what_was_right() -> None:
    """Else the first bins would hold all wrong ones, and the error would be enormous."""
    said, right = np.full(1000, 0.8), np.arange(1000) < 800
    found = reliability(said, right)
    assert found.error < 0.06
    assert found.error == pytest.approx(found.by_chance, abs=0.03)


def test_bins_rise() -> None:
    found = simulated(0, 95)
    assert len(found.bins) == 10
    assert all(a.probability <= b.probability for a, b in pairwise(found.bins))
    assert all(b.low <= b.right <= b.high for b in found.bins)


def test_a_row_of_weight_two_counts_as_two() -> None:
    said = np.array([0.6, 0.6, 0.8, 0.8])
    right = np.array([True, False, True, False])
    found = reliability(said, right, bins=1, weight=np.array([2.0, 1.0, 2.0, 1.0]))
    assert found.bins[0].right == pytest.approx(4 / 6)
    assert found.bins[0].probability == pytest.approx(0.7)


def test_few_rows_make_few_bins() -> None:
    assert len(simulated(0, 7).bins) == 3
    assert len(simulated(0, 2).bins) == 1


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([0.5], "at least 2"),
        ([], "at least 2"),
        ([0.5, 1.2], "0 and 1"),
        ([0.5, np.nan], "0 and 1"),
    ],
)
def test_what_is_no_probability_is_refused(said: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        reliability(np.array(said), np.ones(len(said), dtype=bool))


POSTERIORS: Floats = np.array([[0.8, 0.2], [0.4, 0.6]])
GOLD = np.array([0, 0])


def test_scores() -> None:
    assert log_losses(POSTERIORS, GOLD) == pytest.approx([-log(0.8), -log(0.4)])
    assert briers(POSTERIORS, GOLD) == pytest.approx([0.08, 0.72])
    assert log_loss(POSTERIORS, GOLD) == pytest.approx(-log(0.32) / 2)
    assert brier(POSTERIORS, GOLD) == pytest.approx(0.4)
    assert brier(POSTERIORS, GOLD, np.array([3.0, 1.0])) == pytest.approx((0.24 + 0.72) / 4)


def test_certainty_that_was_wrong_is_a_finite_loss() -> None:
    assert np.isfinite(log_losses(np.array([[0.0, 1.0]]), np.array([0])))[0]
