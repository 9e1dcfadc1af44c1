"""Fits of each question's own: where questions differ, and only there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from confidence_cases import fit_loss, gold_row, heard, normalised_exp, says, seeded, shows

from stepladder.confidence import GoldRow, Wanted, fit_gold
from stepladder.confidence.annotator import Calibrator
from stepladder.confidence.by_label import fit_by_label
from stepladder.types import Source

LABELS = ("no", "yes")
RATES = {"food": 0.97, "noise": 0.55}


def named(rows: int, seed: int, rates: Mapping[str, float]) -> list[GoldRow]:
    """Right at a rate of each question's own."""
    rng, found = seeded(seed), []
    for number in range(rows):
        question = list(rates)[number % len(rates)]
        gold = rng.choice(LABELS)
        said = gold if rng.random() < rates[question] else LABELS[gold == "no"]
        found.append(gold_row(gold, number, says("m", said), question=question))
    return found


def shown(rows: int, seed: int, times: Sequence[float]) -> list[GoldRow]:
    """Token probabilities that are too sure, by a factor of each question's own."""
    rng, found = seeded(seed), []
    for number in range(rows):
        which = number % len(times)
        score = rng.gauss(0, 2)
        gold = rng.choices(LABELS, normalised_exp([0.0, score]))[0]
        raw = normalised_exp([0.0, times[which] * score])
        vote = shows("m", dict(zip(LABELS, raw, strict=True)))
        found.append(gold_row(gold, number, vote, question=f"q{which}"))
    return found


def test_a_matrix_for_each_question_where_they_differ() -> None:
    found = fit_by_label(heard("m", LABELS, named(300, 0, RATES)))
    assert set(found.by_question) == {"food", "noise"}
    right = {question: np.exp(one.rows[0][0]) for question, one in found.by_question.items()}
    assert right["food"] == pytest.approx(0.97, abs=0.06)
    assert right["noise"] == pytest.approx(0.55, abs=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_one_matrix_where_they_do_not(seed: int) -> None:
    found = fit_by_label(heard("m", LABELS, named(300, seed, {"food": 0.8, "noise": 0.8})))
    assert found.by_question == {}


def test_one_question_is_all_questions() -> None:
    assert fit_by_label(heard("m", LABELS, named(90, 0, {"food": 0.8}))).by_question == {}


def test_accuracy_where_errors_are_alike_and_a_matrix_where_they_have_a_direction() -> None:
    alike = fit_by_label(heard("m", LABELS, named(200, 0, {"food": 0.8})))
    assert alike.calibrator is Calibrator.ACCURACY
    pairs = [("yes", "yes")] * 100 + [("no", "no")] * 60 + [("yes", "no")] * 40
    rows = [gold_row(gold, n, says("m", said)) for n, (said, gold) in enumerate(pairs)]
    assert fit_by_label(heard("m", LABELS, rows)).calibrator is Calibrator.CONFUSION
    assert set(alike.losses) == {Calibrator.ACCURACY, Calibrator.CONFUSION}


def test_a_vote_is_read_by_its_questions_matrix() -> None:
    rows = named(300, 0, RATES)
    one = fit_gold(Wanted(LABELS, ("m",)), rows).annotators["m"]
    vote, even = says("m", "yes"), (np.log(0.5),) * 2
    food, noise, other = (one.vector(vote, LABELS, even, q) for q in ("food", "noise", "new"))
    assert food == one.confusion_by_question["food"].likelihoods(1)
    assert noise == one.confusion_by_question["noise"].likelihoods(1)
    assert other == one.confusion.likelihoods(1)


def test_a_calibrator_for_each_question_where_they_differ() -> None:
    """Six times too sure of one question, and half as sure as it might be of the other."""
    rows, fresh = shown(400, 0, (6.0, 0.5)), shown(600, 1, (6.0, 0.5))
    fit = fit_gold(Wanted(LABELS, ("m",)), rows)
    scaled = fit.annotators["m"].sources[Source.TOKEN_PROBABILITIES]
    assert set(scaled.by_question) == {"q0", "q1"}
    blurred = scaled.model_copy(update={"by_question": {}})
    one = fit.annotators["m"].model_copy(update={"sources": {Source.TOKEN_PROBABILITIES: blurred}})
    same_for_all = fit.model_copy(update={"annotators": {"m": one}})
    assert fit_loss(fit, fresh) < fit_loss(same_for_all, fresh) - 0.02


@pytest.mark.parametrize("seed", range(2))
def test_one_calibrator_where_they_do_not(seed: int) -> None:
    fit = fit_gold(Wanted(LABELS, ("m",)), shown(300, seed, (3.0, 3.0)))
    assert fit.annotators["m"].sources[Source.TOKEN_PROBABILITIES].by_question == {}


def test_a_question_with_too_few_rows_shares_that_of_all() -> None:
    rows = shown(400, 0, (6.0, 0.5))
    few = [row for n, row in enumerate(rows) if n % 2 == 0 or n < 40]
    scaled = fit_gold(Wanted(LABELS, ("m",)), few).annotators["m"].sources
    assert "q1" not in scaled[Source.TOKEN_PROBABILITIES].by_question
