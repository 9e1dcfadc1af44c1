from __future__ import annotations

from math import exp, isfinite, log

import pytest
from confidence_cases import seeded, shown
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.confidence.beta import Beta, fit_beta

RAW = st.lists(st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)), min_size=2, max_size=2)
SLOPES = st.lists(st.floats(0, 1e4), min_size=2, max_size=2)
NO, YES = 0, 1


def test_equal_slopes_of_one_change_nothing() -> None:
    same = Beta(fors=(1.0,) * 3, againsts=(1.0,) * 3, intercepts=(0.0,) * 3)
    assert same.calibrated((0.7, 0.2, 0.1)) == pytest.approx((0.7, 0.2, 0.1))


def test_a_curve_by_hand() -> None:
    """Log-odds of 2 log 0.8 - log 0.2 for one, and of 0 for the other: sigmoids 3.2/4.2, 1/2."""
    bent = Beta(fors=(2.0, 0.0), againsts=(1.0, 0.0), intercepts=(0.0, 0.0))
    first = 3.2 / 4.2
    assert bent.calibrated((0.8, 0.2)) == pytest.approx(
        (first / (first + 0.5), 0.5 / (first + 0.5))
    )


def bent(p: float) -> float:
    """A distortion that Platt cannot undo: its log-odds are 0.3 log p - 1.5 log(1 - p) - 0.4."""
    return 1 / (1 + exp(-(0.3 * log(p) - 1.5 * log(1 - p) - 0.4)))


def test_the_curve_that_made_the_gold_is_found() -> None:
    rng = seeded(4)
    raw, gold = [], []
    for _ in range(6000):
        p = rng.betavariate(0.7, 0.7)
        p = min(0.999, max(0.001, p))
        gold.append(YES if rng.random() < bent(p) else NO)
        raw.append((1 - p, p))
    beta = fit_beta(shown(raw, gold))
    assert beta.fors[YES] == pytest.approx(0.3, abs=0.1)
    assert beta.againsts[YES] == pytest.approx(1.5, abs=0.2)
    for p in (0.05, 0.3, 0.7, 0.95):
        assert beta.calibrated((1 - p, p))[YES] == pytest.approx(bent(p), abs=0.03)


def test_an_annotator_that_says_the_opposite_is_not_turned_round_but_not_heard() -> None:
    """Rising curves only: what falls is fitted by a level one."""
    beta = fit_beta(shown([(0.8, 0.2), (0.3, 0.7)] * 60, [YES, NO] * 60))
    assert beta.fors == pytest.approx((0.0, 0.0), abs=1e-9)
    assert beta.againsts == pytest.approx((0.0, 0.0), abs=1e-9)
    assert beta.calibrated((0.8, 0.2)) == pytest.approx((0.5, 0.5), abs=0.02)


def test_a_slope_that_would_fall_is_refitted_without() -> None:
    """Only what is far from 1 tells: near 1 the truth falls a little, and stays level instead."""
    rng = seeded(5)
    raw, gold = [], []
    for _ in range(3000):
        p = min(0.999, max(0.001, rng.random()))
        truth = 1 / (1 + exp(-(2.0 * log(p) + 0.5 * log(1 - p) + 2.0)))
        gold.append(YES if rng.random() < truth else NO)
        raw.append((1 - p, p))
    beta = fit_beta(shown(raw, gold))
    assert beta.againsts[YES] == 0.0
    assert beta.fors[YES] > 0.5


def test_gold_of_a_single_label_can_be_fitted() -> None:
    found = fit_beta(shown([(0.9, 0.1)] * 40, [0] * 40)).calibrated((0.9, 0.1))
    assert 0.9 < found[0] < 1


@given(SLOPES, SLOPES, st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=2), RAW)
def test_no_curve_and_no_confidence_overflows(
    fors: list[float], againsts: list[float], intercepts: list[float], raw: list[float]
) -> None:
    beta = Beta(fors=tuple(fors), againsts=tuple(againsts), intercepts=tuple(intercepts))
    found = beta.calibrated(raw)
    assert all(isfinite(p) and p >= 0 for p in found)
    assert sum(found) == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=12, max_size=12),
    st.lists(st.integers(0, 1), min_size=12, max_size=12),
    RAW,
)
def test_fitted_curves_never_fall_and_come_back_from_json(
    yes: list[float], gold: list[int], raw: list[float]
) -> None:
    beta = fit_beta(shown([(1 - p, p) for p in yes], gold))
    assert all(slope >= 0 for slope in (*beta.fors, *beta.againsts))
    rising = [beta.calibrated((1 - p, p))[YES] for p in (0.0, 0.01, 0.2, 0.5, 0.8, 0.99, 1.0)]
    assert rising == sorted(rising)
    back = Beta.model_validate_json(beta.model_dump_json())
    assert back == beta
    assert back.calibrated(raw) == beta.calibrated(raw)
