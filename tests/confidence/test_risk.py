"""Bounds for a rest that nobody has seen: against what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, hypergeom

from stepladder.confidence.risk import hidden, most_wrong, urn_risk


@given(st.integers(1, 60), st.integers(1, 200), st.integers(0, 30), st.integers(0, 30))
def test_the_exact_bound_is_the_chance_that_bad_rows_hide(
    tested: int, rest: int, allowed: int, wrong: int
) -> None:
    found = hidden(wrong, tested, rest, allowed)
    bad = wrong + allowed + 1
    if bad > tested + rest:
        assert found == 0.0
    else:
        assert found == pytest.approx(hypergeom(tested + rest, bad, tested).cdf(wrong))


@given(st.integers(1, 80), st.integers(1, 300), st.floats(0.01, 0.5), st.floats(0.01, 0.3))
@settings(max_examples=40)
def test_the_most_wrong_rows_are_the_last_that_convince(
    tested: int, rest: int, error: float, risk: float
) -> None:
    allowed = int(error * rest)
    most = most_wrong(tested, rest, allowed, risk)
    assert most == -1 or hidden(most, tested, rest, allowed) <= risk
    assert most == tested or hidden(most + 1, tested, rest, allowed) > risk


def test_for_an_endless_rest_it_is_clopper_and_pearson() -> None:
    wrong = most_wrong(200, 10**7, 10**6, 0.1)
    assert beta.ppf(0.9, wrong + 1, 200 - wrong) <= 0.1 < beta.ppf(0.9, wrong + 2, 199 - wrong)


def test_over_single_rows_the_urn_is_the_exact_bound() -> None:
    for wrong in (0, 2, 5):
        over = np.full(50, -0.1)
        over[:wrong] += 1
        exact = hidden(wrong, 50, 150, 15)
        assert urn_risk(over, 0.9, 150) == pytest.approx(exact, abs=0.02)


@given(st.integers(0, 9), st.integers(0, 9))
def test_more_errors_are_never_less_risky(one: int, other: int) -> None:
    few, many = sorted((one, other))
    over = np.full(20, -0.5)
    fewer, more = over.copy(), over.copy()
    fewer[:few] += 1
    more[:many] += 1
    assert urn_risk(fewer, 1.0, 30) <= urn_risk(more, 1.0, 30)


def test_accepting_as_many_as_pass_breaks_the_promise_as_rarely_as_promised() -> None:
    """Single rows, by the whole procedure: rows come in an order, the loosest place that passes."""
    chance, population, tested, error, risk = np.random.default_rng(5), 400, 120, 0.1, 0.1
    wrong = chance.random(population) < np.linspace(0.02, 0.5, population)
    most = most_wrong(tested, population - tested, int(error * (population - tested)), risk)
    broken, times = 0, 3000
    for _ in range(times):
        drawn = np.zeros(population, dtype=bool)
        drawn[chance.choice(population, tested, replace=False)] = True
        errors = np.cumsum(wrong & drawn)
        accepted = int(np.searchsorted(errors, most, side="right"))
        broken += (wrong & ~drawn)[:accepted].sum() > error * (population - tested)
    assert broken / times <= risk + 3 * (risk * (1 - risk) / times) ** 0.5
    # It is not idle either: the promise is used up to a third at least.
    assert broken / times > risk / 3
