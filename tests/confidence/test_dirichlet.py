from __future__ import annotations

import pytest
from confidence_cases import normalised_exp, seeded

from stepladder.confidence.dirichlet import Dirichlet, fit_dirichlet

LABELS = ("good", "bad", "mixed")


def test_the_map_is_linear_in_log_probabilities() -> None:
    same = Dirichlet(
        coefficients=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), intercepts=(0.0,) * 3
    )
    assert same.calibrated((0.7, 0.2, 0.1)) == pytest.approx((0.7, 0.2, 0.1))
    squared = Dirichlet(coefficients=((2.0, 0.0), (0.0, 2.0)), intercepts=(0.0, 0.0))
    assert squared.calibrated((0.8, 0.2)) == pytest.approx((0.64 / 0.68, 0.04 / 0.68))


@pytest.mark.parametrize("labels", [LABELS, LABELS[:2]])
def test_three_times_too_sure_is_brought_back_to_the_truth(labels: tuple[str, ...]) -> None:
    rng = seeded(2)
    raw, gold = [], []
    for _ in range(3000):
        scores = [rng.gauss(0, 1) for _ in labels]
        gold.append(rng.choices(labels, weights=normalised_exp(scores))[0])
        shown = normalised_exp([3 * score for score in scores])
        raw.append(dict(zip(labels, shown, strict=True)))
    dirichlet = fit_dirichlet(labels, raw, gold)
    for scores in ([1.0, -1.0, 0.5], [0.0, 0.0, 0.0], [-2.0, 1.0, 0.0]):
        scores = scores[: len(labels)]
        shown = normalised_exp([3 * score for score in scores])
        assert dirichlet.calibrated(shown) == pytest.approx(normalised_exp(scores), abs=0.08)


def test_errors_with_a_direction_are_learnt() -> None:
    """Half of what is called positive is mixed; negative is always right."""
    sure = {"good": 0.9, "bad": 0.05, "mixed": 0.05}
    negative = {"good": 0.05, "bad": 0.9, "mixed": 0.05}
    dirichlet = fit_dirichlet(LABELS, [sure, sure, negative] * 20, ["good", "mixed", "bad"] * 20)
    good, bad, mixed = dirichlet.calibrated((0.9, 0.05, 0.05))
    assert good == pytest.approx(0.5, abs=0.05)
    assert mixed == pytest.approx(0.5, abs=0.05)
    assert bad < 0.05
    assert dirichlet.calibrated((0.05, 0.9, 0.05))[1] > 0.9


def test_a_label_without_gold_stays_possible() -> None:
    raw = [{"good": 0.9, "bad": 0.1}, {"good": 0.2, "bad": 0.8}] * 20
    shown = fit_dirichlet(LABELS, raw, ["good", "bad"] * 20).calibrated((0.1, 0.1, 0.8))
    assert all(p > 0 for p in shown)


def test_gold_of_a_single_label_can_be_fitted() -> None:
    raw = [{"good": 0.9, "bad": 0.1}] * 40
    shown = fit_dirichlet(("good", "bad"), raw, ["good"] * 40).calibrated((0.9, 0.1))
    assert 0.9 < shown[0] < 1
