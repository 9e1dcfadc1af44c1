"""Synthetic annotators whose true probabilities are known: does the fit find them?"""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean

import pytest
from confidence_cases import (
    fit_loss,
    gold_row,
    overconfident_rows,
    probabilities,
    says,
    seeded,
)

from stepladder.confidence import Fit, GoldRow, Wanted, fit_gold, unfitted
from stepladder.confidence.fit import set_name

pytestmark = pytest.mark.slow

LABELS = ("good", "bad", "mixed")
CROWD = tuple("abcde")


def tops(fit: Fit, rows: Sequence[GoldRow]) -> list[tuple[float, bool]]:
    """The probability of each row's top label, and whether it is right."""
    found = []
    for row in rows:
        shares = probabilities(fit, *row.votes.values(), candidate=row.candidate)
        top = max(shares)
        found.append((top, fit.labels[shares.index(top)] == row.gold))
    return found


def calibration_error(fit: Fit, rows: Sequence[GoldRow]) -> float:
    """Expected calibration error of the top label, in ten bins (Guo et al. 2017)."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for p, right in tops(fit, rows):
        bins.setdefault(min(9, int(p * 10)), []).append((p, right))
    gaps = [abs(sum(p - right for p, right in members)) for members in bins.values()]
    return sum(gaps) / len(rows)


def overconfidence(fit: Fit, rows: Sequence[GoldRow]) -> float:
    return fmean(p - right for p, right in tops(fit, rows))


@pytest.mark.parametrize(
    ("labels", "gold"), [(LABELS, 300), (LABELS, 29), (LABELS[:2], 300), (LABELS[:2], 19)]
)
def test_an_overconfident_annotator_becomes_honest_on_fresh_rows(
    labels: tuple[str, ...], gold: int
) -> None:
    fresh = overconfident_rows(labels, 1500, seeded(1000))
    wanted = Wanted(labels, ("m",), minimum=15)
    raw = calibration_error(unfitted(wanted), fresh)
    fits = [fit_gold(wanted, overconfident_rows(labels, gold, seeded(s))) for s in range(3)]
    assert raw > 0.15
    assert fmean(calibration_error(fit, fresh) for fit in fits) < (0.04 if gold == 300 else 0.1)


def herd(rows: int, rng: random.Random) -> list[GoldRow]:
    """Annotators right at 95 %, but misled together by one candidate in four."""
    found = []
    for number in range(rows):
        gold, lure = rng.sample(LABELS, 2)
        weights = [1, 4] if rng.random() < 0.25 else [19, 1]
        votes = [says(name, rng.choices([gold, lure], weights=weights)[0]) for name in CROWD]
        found.append(gold_row(gold, f"g{number}", *votes))
    return found


def test_the_pool_is_less_overconfident_than_naive_bayes_when_errors_come_together() -> None:
    for seed in range(3):
        rng = seeded(seed)
        pool = fit_gold(Wanted(LABELS, CROWD, (CROWD,), seed=seed), herd(300, rng))
        own = pool.pools[set_name(CROWD)]
        bayes = own.model_copy(update={"weights": dict.fromkeys(CROWD, 1.0)})
        naive = pool.model_copy(update={"pools": {set_name(CROWD): bayes}})
        fresh = herd(1500, rng)
        assert fit_loss(pool, fresh) < 0.7 * fit_loss(naive, fresh)
        assert overconfidence(pool, fresh) < 0.065
        assert overconfidence(naive, fresh) > 0.1


def test_the_shared_factor_is_as_careful_for_sets_without_a_pool() -> None:
    rng = seeded(7)
    shared = fit_gold(Wanted(LABELS, CROWD), herd(300, rng))
    naive = shared.model_copy(update={"shared": len(CROWD) ** 0.5})
    fresh = herd(1500, rng)
    assert fit_loss(shared, fresh) < 0.7 * fit_loss(naive, fresh)
