from __future__ import annotations

from math import exp

import pytest

from stepladder.confidence.confusion import fit_confusion

LABELS = ("good", "bad", "mixed")


def test_each_row_counts_what_was_said_of_a_right_label_and_smooths_it() -> None:
    said = ["good", "good", "good", "bad", "mixed"]
    gold = ["good", "good", "good", "good", "bad"]
    rows = fit_confusion(LABELS, said, gold).rows
    # Two pseudo-counts for the right answer, one shared by the two wrong ones.
    assert [exp(x) for x in rows[0]] == pytest.approx([5 / 7, 1.5 / 7, 0.5 / 7])
    assert [exp(x) for x in rows[1]] == pytest.approx([0.5 / 4, 2 / 4, 1.5 / 4])
    assert [exp(x) for x in rows[2]] == pytest.approx([0.5 / 3, 0.5 / 3, 2 / 3])


def test_before_any_gold_an_annotator_is_right_two_times_in_three() -> None:
    rows = fit_confusion(LABELS, [], []).rows
    assert [exp(x) for x in rows[1]] == pytest.approx([1 / 6, 2 / 3, 1 / 6])


def test_an_answer_speaks_for_each_label_by_how_often_that_label_gets_it() -> None:
    confusion = fit_confusion(("no", "yes"), ["yes"] * 3 + ["no"], ["yes", "yes", "no", "no"])
    # P(says yes | no) = (1 + 1) / (2 + 3), P(says yes | yes) = (2 + 2) / (2 + 3).
    assert [exp(x) for x in confusion.likelihoods(1)] == pytest.approx([0.4, 0.8])
