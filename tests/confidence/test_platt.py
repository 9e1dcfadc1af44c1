from __future__ import annotations

from math import exp, isfinite

import pytest
from confidence_cases import seeded, shown
from hypothesis import given
from hypothesis import strategies as st

from stepladder.confidence.platt import Platt, fit_platt, log_odds

NO, YES = 0, 1


def test_log_odds_stay_finite() -> None:
    assert log_odds(0.5) == 0
    assert log_odds(0.8) == pytest.approx(1.3862944)
    assert log_odds(0.0) == pytest.approx(-13.8155, abs=1e-3)
    assert log_odds(1.0) == pytest.approx(13.8155, abs=1e-3)


def test_a_sigmoid_per_label_is_renormalised() -> None:
    platt = Platt(slopes=(1.0, 1.0, 1.0), intercepts=(0.0, 0.0, 0.0))
    assert platt.calibrated((0.6, 0.3, 0.1)) == pytest.approx((0.6, 0.3, 0.1))
    half = Platt(slopes=(0.0, 0.0), intercepts=(0.0, log_odds(0.25)))
    assert half.calibrated((0.9, 0.1)) == pytest.approx((2 / 3, 1 / 3))


def test_three_times_too_sure_is_divided_by_three() -> None:
    rng = seeded(1)
    raw, gold = [], []
    for _ in range(1500):
        score = rng.gauss(0, 1.5)
        gold.append(YES if rng.random() < 1 / (1 + exp(-score)) else NO)
        yes = 1 / (1 + exp(-3 * score))
        raw.append((1 - yes, yes))
    platt = fit_platt(shown(raw, gold))
    assert platt.slopes == pytest.approx((1 / 3, 1 / 3), abs=0.05)
    assert platt.intercepts == pytest.approx((0.0, 0.0), abs=0.2)


def test_an_annotator_that_says_the_opposite_is_turned_round() -> None:
    platt = fit_platt(shown([(0.8, 0.2), (0.3, 0.7)] * 30, [YES, NO] * 30))
    assert platt.calibrated((0.8, 0.2))[YES] > 0.8


def test_an_annotator_never_wrong_on_gold_stays_short_of_certain() -> None:
    platt = fit_platt(shown([(0.9, 0.1), (0.1, 0.9)] * 15, [NO, YES] * 15))
    # Platt's targets for 15 of 15 are 16/17 and 1/17: log-odds of +-2.773 where it shows +-2.197.
    assert platt.slopes == pytest.approx((1.26, 1.26), abs=0.05)
    assert platt.intercepts == pytest.approx((0.0, 0.0), abs=0.05)


def test_rows_that_stand_for_more_pull_harder() -> None:
    raw, gold = [(0.3, 0.7)] * 40, [YES, NO] * 20
    even = fit_platt(shown(raw, gold)).calibrated((0.3, 0.7))
    skewed = fit_platt(shown(raw, gold, [1.6, 0.4] * 20)).calibrated((0.3, 0.7))
    assert even[YES] == pytest.approx(0.5, abs=0.01)
    assert skewed[YES] == pytest.approx(0.8, abs=0.05)


@given(
    st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=4),
    st.lists(st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)), min_size=2, max_size=2),
)
def test_no_map_and_no_confidence_overflows(numbers: list[float], raw: list[float]) -> None:
    platt = Platt(slopes=tuple(numbers[:2]), intercepts=tuple(numbers[2:]))
    found = platt.calibrated(raw)
    assert all(isfinite(p) and p >= 0 for p in found)
    assert sum(found) == pytest.approx(1)
