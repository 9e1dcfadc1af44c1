from __future__ import annotations

import random
from dataclasses import replace
from math import exp, log
from statistics import fmean

import pytest
from confidence_cases import ANY, gold_row, normalised_exp, says, seeded, shows

from stepladder.confidence import GoldRow, Wanted, fit_gold, unfitted
from stepladder.confidence.correction import FEWEST, batch, contextual, corrected
from stepladder.types import Source, Vote

LABELS = ("no", "yes")


def tokens(no: float, yes: float) -> Vote:
    return shows("m", {"no": no, "yes": yes})


def test_contextual_is_the_log_of_the_mean_content_free_answer() -> None:
    offset = contextual(LABELS, [tokens(0.1, 0.9), tokens(0.3, 0.7)])
    assert offset == pytest.approx((log(0.2), log(0.8)))


def test_batch_is_the_mean_of_the_logs() -> None:
    offset = batch(LABELS, [tokens(0.1, 0.9), tokens(0.4, 0.6)] * 5, [1.0] * 10)
    assert offset == pytest.approx(((log(0.1) + log(0.4)) / 2, (log(0.9) + log(0.6)) / 2))


def test_what_is_said_to_no_content_becomes_even() -> None:
    offset = contextual(LABELS, [tokens(0.2, 0.8)])
    assert offset is not None
    assert corrected((0.2, 0.8), offset) == pytest.approx((0.5, 0.5))
    # 0.5 / 0.2 to 0.5 / 0.8 is four to one.
    assert corrected((0.5, 0.5), offset) == pytest.approx((0.8, 0.2))


def test_too_few_candidates_are_no_batch() -> None:
    assert batch(LABELS, [tokens(0.1, 0.9)] * (FEWEST - 1), [1.0] * (FEWEST - 1)) is None
    assert batch(LABELS, [tokens(0.1, 0.9)] * FEWEST, [1.0] * FEWEST) is not None


def test_nothing_said_is_nothing_to_take_out() -> None:
    assert contextual(LABELS, []) is None
    assert contextual(LABELS, [says("m", "yes")]) is None


def test_only_token_probabilities_count() -> None:
    stated = shows("m", {"no": 0.1, "yes": 0.9}, Source.STATED)
    odd = shows("m", {"no": 0.9, "yes": 0.9})
    assert contextual(LABELS, [stated, odd]) is None
    assert contextual(LABELS, [stated, odd, tokens(0.2, 0.8)]) == (
        pytest.approx((log(0.2), log(0.8)))
    )


def test_certainty_stays_finite() -> None:
    offset = contextual(LABELS, [tokens(0.0, 1.0)])
    assert offset is not None
    assert sum(corrected((1.0, 0.0), offset)) == pytest.approx(1)


def biased(rows: int, rng: random.Random, liking: float) -> list[GoldRow]:
    """What is shown is the truth, but for a liking for "yes" of so many nats."""
    found = []
    for number in range(rows):
        score = rng.gauss(0, 1.5)
        gold = "yes" if rng.random() < 1 / (1 + exp(-score)) else "no"
        no, yes = normalised_exp([0.0, score + liking])
        found.append(gold_row(gold, number, tokens(no, yes)))
    return found


def leaning(rows: list[GoldRow], wanted: Wanted) -> float:
    """How much more "yes" is believed than is right, before any gold."""
    fit = unfitted(wanted)
    believed = [fit.posterior([row.votes["m"]], ANY) for row in rows]
    return fmean(one.of("yes") for one in believed if one) - fmean(r.gold == "yes" for r in rows)


def test_a_biased_model_is_unbiased_after() -> None:
    rows = biased(2000, seeded(1), liking=2.0)
    wanted = Wanted(LABELS, ("m",))
    by_batch = batch(LABELS, [row.votes["m"] for row in rows], [1.0] * len(rows))
    no_content = contextual(LABELS, [tokens(*normalised_exp([0.0, 2.0]))])
    assert by_batch is not None
    assert no_content is not None
    assert leaning(rows, wanted) > 0.25
    for offset in (by_batch, no_content):
        assert leaning(rows, replace(wanted, offsets={"m": offset})) == pytest.approx(0, abs=0.03)


def test_a_fit_keeps_what_it_took_out() -> None:
    rows = biased(60, seeded(2), liking=2.0)
    fit = fit_gold(Wanted(LABELS, ("m",), offsets={"m": (0.0, 2.0)}), rows)
    one = fit.annotators["m"]
    assert one.offset == (0.0, 2.0)
    even = tokens(*normalised_exp([0.0, 2.0]))
    assert one.raw(even, LABELS) == pytest.approx((0.5, 0.5))


def test_other_sources_are_left_as_they_are() -> None:
    fit = unfitted(Wanted(LABELS, ("m",), offsets={"m": (0.0, 2.0)}))
    stated = shows("m", {"no": 0.1, "yes": 0.9}, Source.STATED)
    assert fit.annotators["m"].raw(stated, LABELS) == pytest.approx((0.1, 0.9))


def test_a_batch_counts_candidates_by_what_they_stand_for() -> None:
    shown = [tokens(0.1, 0.9)] * 5 + [tokens(0.4, 0.6)] * 5
    offset = batch(LABELS, shown, [3.0] * 5 + [1.0] * 5)
    assert offset is not None
    assert offset[0] == pytest.approx((3 * log(0.1) + log(0.4)) / 4)
