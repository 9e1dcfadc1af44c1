from __future__ import annotations

from math import exp

import pytest
from confidence_cases import fit_loss, gold_row, says, seeded, split_of

from stepladder.confidence import GoldRow, GoldTable, Wanted, fit_gold
from stepladder.confidence.question import fit_question, held_out_question

LABELS = ("no", "yes")


def test_a_questions_shares_beside_five_rows_of_all() -> None:
    """Food: 6 yes of 6; service: 1 of 4."""
    asked = [("food", "yes")] * 6 + [("service", "yes")] + [("service", "no")] * 3
    rows = tuple(gold_row(gold, n, question=q) for n, (q, gold) in enumerate(asked))
    term = fit_question(GoldTable(LABELS, rows))
    overall = (7 + 1) / (10 + 2)
    food = (6 + 5 * overall) / 11
    service = (1 + 5 * overall) / 9
    assert exp(term.vector("food", 2)[1]) * overall == pytest.approx(food)
    assert exp(term.vector("service", 2)[1]) * overall == pytest.approx(service)
    assert exp(term.vector("food", 2)[0]) * (1 - overall) == pytest.approx(1 - food)


def test_a_question_without_gold_says_nothing() -> None:
    term = fit_question(GoldTable(LABELS, (gold_row("no", 1, question="food"),)))
    assert term.vector("noise", 2) == (0.0, 0.0)


def test_a_question_of_one_group_says_nothing_of_that_group() -> None:
    rows = [gold_row("yes", n, question="food") for n in range(9)]
    rows.append(gold_row("no", "alone", question="noise"))
    assert held_out_question(split_of(LABELS, rows))[9].tolist() == [0.0, 0.0]


def asked(rows: int, seed: int, differ: bool) -> list[GoldRow]:
    """Two questions: where they differ, food is nearly always yes, and noise nearly always no."""
    rng, found = seeded(seed), []
    for number in range(rows):
        question = ("food", "noise")[number % 2]
        often = {"food": 0.95, "noise": 0.05}[question] if differ else 0.5
        gold = "yes" if rng.random() < often else "no"
        said = gold if rng.random() < 0.7 else LABELS[gold == "no"]
        found.append(gold_row(gold, number // 2, says("m", said), question=question))
    return found


def test_questions_that_differ_are_listened_to_and_help_on_fresh_rows() -> None:
    rows, fresh = asked(300, 0, differ=True), asked(1000, 1, differ=True)
    fit = fit_gold(Wanted(LABELS, ("m",), (("m",),)), rows)
    (pool,) = fit.pools.values()
    assert pool.question > 0.5
    deaf = fit.model_copy(
        update={"pools": {n: p.model_copy(update={"question": 0.0}) for n, p in fit.pools.items()}}
    )
    assert fit_loss(fit, fresh) < fit_loss(deaf, fresh) - 0.1


def test_questions_that_do_not_differ_hardly_count() -> None:
    fresh = asked(1000, 1, differ=False)
    fit = fit_gold(Wanted(LABELS, ("m",), (("m",),)), asked(300, 0, differ=False))
    deaf = fit.model_copy(
        update={"pools": {n: p.model_copy(update={"question": 0.0}) for n, p in fit.pools.items()}}
    )
    assert fit_loss(fit, fresh) == pytest.approx(fit_loss(deaf, fresh), abs=0.01)


def test_a_task_with_one_question_has_no_term() -> None:
    rows = [gold_row(LABELS[n % 2], n, says("m", LABELS[n % 2])) for n in range(60)]
    fit = fit_gold(Wanted(LABELS, ("m",), (("m",),)), rows)
    assert fit.question is None
    assert [pool.question for pool in fit.pools.values()] == [0.0]
