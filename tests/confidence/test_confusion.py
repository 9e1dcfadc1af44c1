from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp

import numpy as np
import pytest

from stepladder.confidence.confusion import (
    Answers,
    Confusion,
    alike,
    fit_accuracy,
    fit_by_question,
    fit_confusion,
)

GOOD, BAD, MIXED = range(3)


def answers(
    said: Sequence[int], gold: Sequence[int], weight: Sequence[float] | None = None
) -> Answers:
    weights = np.ones(len(gold)) if weight is None else np.array(weight)
    return Answers(np.array(said, dtype=np.int64), np.array(gold, dtype=np.int64), weights)


FIVE = answers([GOOD, GOOD, GOOD, BAD, MIXED], [GOOD, GOOD, GOOD, GOOD, BAD])


def shares(confusion: Confusion, row: int) -> list[float]:
    return [exp(x) for x in confusion.rows[row]]


def test_one_error_rate_for_all_labels_with_two_right_and_one_wrong_assumed() -> None:
    # Three of five right, and two of three assumed: 5/8; the rest goes both ways alike.
    accuracy = fit_accuracy(3, FIVE)
    assert shares(accuracy, GOOD) == pytest.approx([5 / 8, 3 / 16, 3 / 16])
    assert shares(accuracy, MIXED) == pytest.approx([3 / 16, 3 / 16, 5 / 8])


def test_each_row_counts_what_was_said_of_a_right_label_beside_20_that_err_alike() -> None:
    confusion = fit_confusion(3, FIVE)
    assert shares(confusion, GOOD) == pytest.approx(
        [(3 + 20 * 5 / 8) / 24, (1 + 20 * 3 / 16) / 24, 20 * 3 / 16 / 24]
    )
    assert shares(confusion, BAD) == pytest.approx(
        [20 * 3 / 16 / 21, 20 * 5 / 8 / 21, (1 + 20 * 3 / 16) / 21]
    )
    assert shares(confusion, MIXED) == pytest.approx([3 / 16, 3 / 16, 5 / 8])


@pytest.mark.parametrize("fit", [fit_accuracy, fit_confusion])
def test_before_any_gold_an_annotator_is_right_two_times_in_three(
    fit: Callable[[int, Answers], Confusion],
) -> None:
    assert shares(fit(3, answers([], [])), BAD) == pytest.approx([1 / 6, 2 / 3, 1 / 6])


def test_many_rows_outweigh_what_is_assumed() -> None:
    many = answers([GOOD, MIXED] * 1000, [GOOD, GOOD] * 1000)
    assert shares(fit_confusion(3, many), GOOD) == pytest.approx([0.5, 0.0, 0.5], abs=0.01)


def test_an_answer_speaks_for_each_label_by_how_often_that_label_gets_it() -> None:
    no, yes = 0, 1
    confusion = fit_confusion(2, answers([yes] * 3 + [no], [yes, yes, no, no]))
    # Three of four right makes 5/7: of 22 with gold no, 20 * 2/7 + 1 say yes.
    assert [exp(x) for x in confusion.likelihoods(yes)] == pytest.approx(
        [(20 * 2 / 7 + 1) / 22, (20 * 5 / 7 + 2) / 22]
    )


def test_a_row_of_weight_two_counts_like_two_rows() -> None:
    once = answers([GOOD, BAD], [GOOD, GOOD], [2.0, 1.0])
    twice = answers([GOOD, GOOD, BAD], [GOOD, GOOD, GOOD])
    assert fit_confusion(3, once) == fit_confusion(3, twice)


def test_a_single_label_is_always_said() -> None:
    assert shares(fit_confusion(1, answers([0], [0])), 0) == pytest.approx([1.0])
    assert alike(1, answers([0], [0])).tolist() == [[3 / 4]]


def test_a_question_counts_its_own_rows_beside_ten_of_all() -> None:
    overall = fit_accuracy(3, FIVE)
    own = fit_by_question(FIVE, {"food": np.array([3]), "service": np.array([0, 1])}, overall)
    assert shares(own["food"], GOOD) == pytest.approx(
        [10 * 5 / 8 / 11, (1 + 10 * 3 / 16) / 11, 10 * 3 / 16 / 11]
    )
    assert shares(own["service"], GOOD) == pytest.approx(
        [(2 + 10 * 5 / 8) / 12, 10 * 3 / 16 / 12, 10 * 3 / 16 / 12]
    )
    assert own["service"].rows[MIXED] == pytest.approx(overall.rows[MIXED])
