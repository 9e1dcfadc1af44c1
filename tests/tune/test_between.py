"""What lies between two ladders of the grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.tune.between import best_step, raised


def test_a_budget_between_two_thresholds_buys_a_part_of_the_step() -> None:
    sums = np.array([[0.7, 0.8, 0.85], [1.0, 3.0, 9.0], [1.0, 1.0, 1.0]])
    step = best_step(sums, 2.0)
    assert step is not None
    assert (step.place, step.tier, step.share) == ((0,), 0, 0.5)
    assert step.value == pytest.approx(0.75)
    assert step.usd == pytest.approx(2.0)
    assert best_step(sums, 0.5) is None
    assert best_step(sums, 9.0) is None


def test_the_best_of_several_tiers_is_taken() -> None:
    value = np.array([[0.7, 0.71], [0.9, 0.9]])
    usd = np.array([[1.0, 3.0], [3.0, 4.0]])
    step = best_step(np.stack([value, usd, np.ones((2, 2))]), 2.0)
    assert step is not None
    assert (step.place, step.tier) == ((0, 0), 0)
    assert step.value == pytest.approx(0.8)


SCORES = st.lists(st.sampled_from([0.5, 0.6, 0.6, 0.7, 0.8]), min_size=1, max_size=20)


@given(SCORES, st.floats(0, 1))
def test_the_raised_threshold_goes_past_that_share(scores: list[float], share: float) -> None:
    score, weight = np.array(scores), np.ones(len(scores))
    found = raised(score, weight, 0.5, 0.8, share)
    concerned = score[(score >= 0.5) & (score < 0.8)]
    past = (concerned < found.threshold).sum() + (1 - found.ties) * (
        concerned == found.threshold
    ).sum()
    assert past == pytest.approx(share * len(concerned))
    assert 0 <= found.ties <= 1
