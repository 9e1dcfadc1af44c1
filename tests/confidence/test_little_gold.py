"""A dozen labels and a hundred rows: what is learnt must not be worse than the raw label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from statistics import fmean

import pytest
from confidence_cases import ANY, noisy_rows, overconfident_rows, seeded

from stepladder.confidence import Fit, GoldRow, Wanted, fit_gold

DOZEN = tuple(f"label {number}" for number in range(12))
SEEDS = range(4)
Make = Callable[[int, Random], list[GoldRow]]


def named(rows: int, rng: Random) -> list[GoldRow]:
    return noisy_rows(DOZEN, rows, {"m": 0.7}, rng)


def shown(rows: int, rng: Random) -> list[GoldRow]:
    return overconfident_rows(DOZEN, rows, rng)


def right(fit: Fit, rows: Sequence[GoldRow]) -> float:
    found = (fit.posterior(list(row.votes.values()), ANY) for row in rows)
    return fmean(p is not None and p.top == row.gold for p, row in zip(found, rows, strict=True))


def right_raw(name: str, rows: Sequence[GoldRow]) -> float:
    return fmean(row.votes[name].label == row.gold for row in rows)


@pytest.mark.parametrize("make", [named, shown])
@pytest.mark.parametrize("rows", [48, 100])
def test_one_annotator_is_no_less_often_right_than_its_own_label(make: Make, rows: int) -> None:
    lost = []
    for seed in SEEDS:
        rng = seeded(seed)
        known, fresh = make(rows, rng), make(500, rng)
        fit = fit_gold(Wanted(DOZEN, ("m",), (("m",),)), known)
        lost.append(right_raw("m", fresh) - right(fit, fresh))
    assert fmean(lost) <= 0.01


def test_a_pool_of_two_is_no_less_often_right_than_the_better_ones_label() -> None:
    lost = []
    for seed in SEEDS:
        rng = seeded(seed)
        known, fresh = (
            noisy_rows(DOZEN, count, {"weak": 0.5, "strong": 0.8}, rng) for count in (100, 500)
        )
        wanted = Wanted(DOZEN, ("weak", "strong"), (("weak",), ("weak", "strong")))
        lost.append(right_raw("strong", fresh) - right(fit_gold(wanted, known), fresh))
    assert fmean(lost) <= 0.01
