"""Synthetic annotators whose true probabilities are known: does the fit find them?"""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import log
from statistics import fmean

import pytest
from confidence_cases import overconfident_rows, says, seeded

from stepladder.confidence import Fit, GoldRow, fit_gold, unfitted
from stepladder.confidence.fit import set_name
from stepladder.types import Posterior

LABELS = ("good", "bad", "mixed")
CROWD = tuple("abcde")


def posteriors(fit: Fit, rows: Sequence[GoldRow]) -> list[Posterior]:
    found = [fit.posterior(list(row.votes.values())) for row in rows]
    return [posterior for posterior in found if posterior is not None]


def calibration_error(fit: Fit, rows: Sequence[GoldRow]) -> float:
    """Expected calibration error of the top label, in ten bins (Guo et al. 2017)."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for row, posterior in zip(rows, posteriors(fit, rows), strict=True):
        p = posterior.probability
        bins.setdefault(min(9, int(p * 10)), []).append((p, posterior.top == row.gold))
    gaps = [abs(sum(p - right for p, right in members)) for members in bins.values()]
    return sum(gaps) / len(rows)


def log_loss(fit: Fit, rows: Sequence[GoldRow]) -> float:
    return -fmean(
        log(posterior.by_label()[row.gold])
        for row, posterior in zip(rows, posteriors(fit, rows), strict=True)
    )


def overconfidence(fit: Fit, rows: Sequence[GoldRow]) -> float:
    return fmean(
        posterior.probability - (posterior.top == row.gold)
        for row, posterior in zip(rows, posteriors(fit, rows), strict=True)
    )


@pytest.mark.parametrize(
    ("labels", "gold"), [(LABELS, 300), (LABELS, 29), (LABELS[:2], 300), (LABELS[:2], 19)]
)
def test_an_overconfident_annotator_becomes_honest_on_fresh_rows(
    labels: tuple[str, ...], gold: int
) -> None:
    """By Dirichlet with 300 rows of gold, by Platt with a few."""
    fresh = overconfident_rows(labels, 1500, seeded(1000))
    raw = calibration_error(unfitted(labels, ["m"]), fresh)
    found = [
        calibration_error(
            fit_gold(
                labels,
                ["m"],
                (),
                rows=overconfident_rows(labels, gold, seeded(seed)),
                minimum=15,
                seed=0,
            ),
            fresh,
        )
        for seed in range(3)
    ]
    assert raw > 0.15
    assert fmean(found) < (0.04 if gold == 300 else 0.1)


def herd(rows: int, rng: random.Random) -> list[GoldRow]:
    """Annotators right at 95 %, but misled together by one candidate in four."""
    found = []
    for number in range(rows):
        gold, lure = rng.sample(LABELS, 2)
        misled = rng.random() < 0.25
        votes = {}
        for name in CROWD:
            said = rng.choices([gold, lure], weights=[1, 4] if misled else [19, 1])[0]
            votes[name] = says(name, said)
        found.append(GoldRow(gold, f"g{number}", votes))
    return found


def test_the_pool_is_less_overconfident_than_naive_bayes_when_errors_come_together() -> None:
    for seed in range(3):
        rng = seeded(seed)
        pool = fit_gold(LABELS, CROWD, [CROWD], rows=herd(300, rng), minimum=30, seed=seed)
        naive = pool.model_copy(update={"weights": {set_name(CROWD): dict.fromkeys(CROWD, 1.0)}})
        fresh = herd(1500, rng)
        assert log_loss(pool, fresh) < 0.7 * log_loss(naive, fresh)
        assert overconfidence(pool, fresh) < 0.06
        assert overconfidence(naive, fresh) > 0.1


def test_the_shared_factor_is_as_careful_for_sets_without_a_fit() -> None:
    rng = seeded(7)
    shared = fit_gold(LABELS, CROWD, (), rows=herd(300, rng), minimum=30, seed=0)
    naive = shared.model_copy(update={"shared": len(CROWD) ** 0.5})
    fresh = herd(1500, rng)
    assert log_loss(shared, fresh) < 0.7 * log_loss(naive, fresh)
