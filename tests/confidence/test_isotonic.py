from __future__ import annotations

from itertools import pairwise
from math import isfinite
from statistics import fmean

import pytest
from confidence_cases import overconfident, seeded, shown
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.confidence.isotonic import Curve, Isotonic, fit_isotonic

RAW = st.lists(st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)), min_size=3, max_size=3)
NO, YES = 0, 1


def test_a_curve_is_linear_between_its_knots_and_level_beyond() -> None:
    curve = Curve(at=(0.2, 0.6), value=(0.1, 0.5))
    assert [curve(p) for p in (0.0, 0.2, 0.4, 0.6, 1.0)] == pytest.approx([0.1, 0.1, 0.3, 0.5, 0.5])


def test_curves_are_renormalised() -> None:
    level = Curve(at=(0.0,), value=(0.3,))
    isotonic = Isotonic(curves=(level, Curve(at=(0.0,), value=(0.1,))))
    assert isotonic.calibrated((0.9, 0.1)) == pytest.approx((0.75, 0.25))


def test_pooled_steps_mixed_with_two_rows_of_the_labels_share() -> None:
    """Right at 0.2: 0 of 2, at 0.5: 1 of 2, at 0.6: 0 of 1, at 0.9: 3 of 3."""
    yes = [0.2, 0.2, 0.5, 0.5, 0.6, 0.9, 0.9, 0.9]
    gold = [NO, NO, YES, NO, NO, YES, YES, YES]
    curve = fit_isotonic(shown([(1 - p, p) for p in yes], gold)).curves[YES]
    share = (4 + 1) / (8 + 2)
    # 0.5 and 0.6 violate the order and are pooled: 1 of 3.
    steps = {0.2: 0.0, 0.5: 1 / 3, 0.6: 1 / 3, 0.9: 1.0}
    for p, step in steps.items():
        assert curve(p) == pytest.approx((8 * step + 2 * share) / 10)


def test_a_row_of_weight_two_counts_like_two_rows() -> None:
    raw, gold = [(0.8, 0.2), (0.5, 0.5), (0.4, 0.6)], [NO, YES, NO]
    once = fit_isotonic(shown(raw, gold, [1.0, 2.0, 1.0]))
    twice = fit_isotonic(shown([*raw, raw[1]], [*gold, YES]))
    for p in (0.1, 0.5, 0.55, 0.9):
        assert once.calibrated((1 - p, p)) == pytest.approx(twice.calibrated((1 - p, p)))


def test_three_times_too_sure_is_brought_back_to_the_truth() -> None:
    """In the mean over the curve: a step may be some way off."""
    isotonic = fit_isotonic(overconfident(2, 6000, seeded(6)))
    odds = [1.1**step for step in range(-15, 16)]
    raw = [each**3 / (1 + each**3) for each in odds]
    truth = [each / (1 + each) for each in odds]
    found = [isotonic.calibrated((p, 1 - p))[0] for p in raw]
    assert fmean(abs(p - q) for p, q in zip(found, truth, strict=True)) < 0.03
    assert fmean(abs(p - q) for p, q in zip(raw, truth, strict=True)) > 0.15


def test_one_raw_value_for_all_rows_is_the_labels_share() -> None:
    isotonic = fit_isotonic(shown([(0.9, 0.1)] * 40, [0] * 30 + [1] * 10))
    assert isotonic.calibrated((0.9, 0.1)) == pytest.approx((0.75, 0.25), abs=0.02)
    assert isotonic.calibrated((0.1, 0.9)) == isotonic.calibrated((0.9, 0.1))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(RAW, min_size=10, max_size=10),
    st.lists(st.integers(0, 2), min_size=10, max_size=10),
    RAW,
)
def test_curves_never_fall_sum_to_one_and_come_back_from_json(
    rows: list[list[float]], gold: list[int], raw: list[float]
) -> None:
    isotonic = fit_isotonic(shown(rows, gold))
    found = isotonic.calibrated(raw)
    assert all(isfinite(p) and 0 < p < 1 for p in found)
    assert sum(found) == pytest.approx(1)
    for curve in isotonic.curves:
        assert all(a <= b for a, b in pairwise(curve.at))
        values = [curve(number / 50) for number in range(51)]
        assert all(a <= b + 1e-12 for a, b in pairwise(values))
    back = Isotonic.model_validate_json(isotonic.model_dump_json())
    assert back == isotonic
    assert back.calibrated(raw) == found
