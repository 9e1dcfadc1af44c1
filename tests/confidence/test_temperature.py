from __future__ import annotations

from math import isfinite, log

import pytest
from confidence_cases import overconfident, seeded, shown
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.confidence.temperature import (
    COLDEST,
    HOTTEST,
    RIDGE,
    Temperature,
    fit_temperature,
)

RAW = st.lists(st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)), min_size=3, max_size=3)


def test_a_temperature_divides_log_probabilities() -> None:
    assert Temperature(temperature=1.0).calibrated((0.7, 0.2, 0.1)) == pytest.approx(
        (0.7, 0.2, 0.1)
    )
    # Half the logarithm is the root: 2/3 and 1/3 of 0.8 and 0.2.
    assert Temperature(temperature=2.0).calibrated((0.8, 0.2)) == pytest.approx((2 / 3, 1 / 3))


@pytest.mark.parametrize("times", [3.0, 1.0, 0.5])
@pytest.mark.parametrize("labels", [2, 3, 12])
def test_the_temperature_that_made_the_numbers_is_found(labels: int, times: float) -> None:
    found = fit_temperature(overconfident(labels, 3000, seeded(3), times))
    assert found.temperature == pytest.approx(times, rel=0.12)


def test_the_ridge_stops_it_where_one_more_step_costs_what_it_saves() -> None:
    """Four rows shown as 80 %, all right: colder is always better but for the ridge."""
    found = fit_temperature(shown([(0.8, 0.2)] * 4, [0] * 4))
    cold = -log(found.temperature)
    lead = log(0.8 / 0.2)
    gain = 4 * lead * (1 / found.temperature) * found.calibrated((0.8, 0.2))[1]
    assert gain == pytest.approx(2 * RIDGE * cold, rel=1e-3)


@pytest.mark.parametrize("gold", [0, 1])
def test_an_annotator_never_or_always_wrong_stays_within_bounds(gold: int) -> None:
    found = fit_temperature(shown([(0.9, 0.1)] * 500, [gold] * 500))
    assert COLDEST <= found.temperature <= HOTTEST


def test_rows_that_stand_for_more_pull_harder() -> None:
    raw, gold = [(0.3, 0.7)] * 400, [1, 0] * 200
    found = fit_temperature(shown(raw, gold, [1.8, 0.2] * 200))
    assert found.calibrated((0.3, 0.7))[1] == pytest.approx(0.9, abs=0.02)


@given(st.floats(COLDEST, HOTTEST), RAW)
def test_no_temperature_and_no_confidence_overflows(temperature: float, raw: list[float]) -> None:
    found = Temperature(temperature=temperature).calibrated(raw)
    assert all(isfinite(p) and p >= 0 for p in found)
    assert sum(found) == pytest.approx(1)


@given(st.floats(COLDEST, HOTTEST), RAW)
def test_the_order_of_the_labels_never_changes(temperature: float, raw: list[float]) -> None:
    found = Temperature(temperature=temperature).calibrated(raw)
    for a, p in zip(raw, found, strict=True):
        assert all(p >= q for b, q in zip(raw, found, strict=True) if a > b)


@settings(max_examples=30)
@given(st.lists(RAW, min_size=4, max_size=4), RAW)
def test_read_back_from_json_it_is_bit_for_bit_the_same(
    rows: list[list[float]], raw: list[float]
) -> None:
    found = fit_temperature(shown(rows, [0, 1, 2, 0]))
    back = Temperature.model_validate_json(found.model_dump_json())
    assert back == found
    assert back.calibrated(raw) == found.calibrated(raw)
