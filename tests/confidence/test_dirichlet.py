from __future__ import annotations

import pytest
from confidence_cases import normalised_exp, overconfident, seeded, shown

from stepladder.confidence.dirichlet import Dirichlet, fit_dirichlet


def test_the_map_is_linear_in_log_probabilities() -> None:
    same = Dirichlet(
        coefficients=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), intercepts=(0.0,) * 3
    )
    assert same.calibrated((0.7, 0.2, 0.1)) == pytest.approx((0.7, 0.2, 0.1))
    squared = Dirichlet(coefficients=((2.0, 0.0), (0.0, 2.0)), intercepts=(0.0, 0.0))
    assert squared.calibrated((0.8, 0.2)) == pytest.approx((0.64 / 0.68, 0.04 / 0.68))


@pytest.mark.parametrize("labels", [3, 2])
def test_three_times_too_sure_is_brought_back_to_the_truth(labels: int) -> None:
    dirichlet = fit_dirichlet(overconfident(labels, 3000, seeded(2)))
    for scores in ([1.0, -1.0, 0.5], [0.0, 0.0, 0.0], [-2.0, 1.0, 0.0]):
        scores = scores[:labels]
        raw = normalised_exp([3 * score for score in scores])
        assert dirichlet.calibrated(raw) == pytest.approx(normalised_exp(scores), abs=0.08)


def test_errors_with_a_direction_are_learnt() -> None:
    """Half of what is called positive is mixed; negative is always right."""
    sure, negative = (0.9, 0.05, 0.05), (0.05, 0.9, 0.05)
    dirichlet = fit_dirichlet(shown([sure, sure, negative] * 20, [0, 2, 1] * 20))
    good, bad, mixed = dirichlet.calibrated(sure)
    assert good == pytest.approx(0.5, abs=0.05)
    assert mixed == pytest.approx(0.5, abs=0.05)
    assert bad < 0.05
    assert dirichlet.calibrated(negative)[1] > 0.9


def test_a_label_without_gold_stays_possible() -> None:
    raw = [(0.9, 0.1, 0.0), (0.2, 0.8, 0.0)] * 20
    found = fit_dirichlet(shown(raw, [0, 1] * 20)).calibrated((0.1, 0.1, 0.8))
    assert all(p > 0 for p in found)


def test_gold_of_a_single_label_can_be_fitted() -> None:
    found = fit_dirichlet(shown([(0.9, 0.1)] * 40, [0] * 40)).calibrated((0.9, 0.1))
    assert 0.9 < found[0] < 1


def test_a_row_of_weight_two_counts_like_two_rows() -> None:
    raw = [(0.9, 0.05, 0.05), (0.2, 0.7, 0.1), (0.1, 0.3, 0.6), (0.8, 0.1, 0.1)]
    once = fit_dirichlet(shown(raw, [0, 1, 2, 1], [1.0, 1.0, 1.0, 2.0]))
    twice = fit_dirichlet(shown([*raw, raw[3]], [0, 1, 2, 1, 1]))
    # Both stop within a solver's tolerance of the one optimum.
    assert once.calibrated(raw[0]) == pytest.approx(twice.calibrated(raw[0]), abs=1e-3)
