from __future__ import annotations

import numpy as np
import pytest
from confidence_cases import gold_row, says

from stepladder.confidence import GoldRow, GoldTable
from stepladder.types import Candidate

LABELS = ("good", "bad")
ROWS = (
    gold_row("bad", "g1", sampled=0.5),
    gold_row("good", "g2", question="food", sampled=1.0),
    gold_row("bad", "g1", sampled=0.25),
)
TABLE = GoldTable(LABELS, ROWS)


def test_rows_as_numbers() -> None:
    assert TABLE.gold.tolist() == [1, 0, 1]
    assert TABLE.groups == ("g1", "g2", "g1")
    assert TABLE.questions == ("label", "food", "label")
    assert len(TABLE) == 3


def test_a_row_stands_for_as_many_as_it_was_drawn_from() -> None:
    """One of two, itself, and one of four: 7 candidates by 3 rows."""
    assert TABLE.weight == pytest.approx([2 * 3 / 7, 1 * 3 / 7, 4 * 3 / 7])
    assert TABLE.weight.mean() == pytest.approx(1)


def test_rows_drawn_alike_weigh_one_each() -> None:
    alike = GoldTable(LABELS, tuple(gold_row("bad", n, sampled=0.01) for n in range(5)))
    assert alike.weight.tolist() == [1.0] * 5


def test_some_of_the_rows_in_any_order() -> None:
    some = TABLE.at(np.array([2, 1]))
    assert some.rows == (ROWS[2], ROWS[1])
    assert some.weight == pytest.approx([8 / 5, 2 / 5])


def test_no_rows_are_a_table_too() -> None:
    none = GoldTable(LABELS, ())
    assert len(none) == 0
    assert none.gold.tolist() == none.weight.tolist() == []


def test_a_row_without_gold_is_named() -> None:
    row = GoldRow(Candidate("review 7"), {"m": says("m", "good")})
    with pytest.raises(ValueError, match="candidate 'review 7' has no gold"):
        _ = row.gold


def test_a_candidate_without_a_group_is_a_group_of_its_own() -> None:
    assert GoldRow(Candidate("review 7", gold="good"), {}).group == "review 7"


def test_a_few_drawn_rows_do_not_outweigh_gold_that_came_with_the_file() -> None:
    """Drawn from thousands, each would stand for thousands: but of what is the file's a sample?"""
    file = [gold_row("bad", n, sampled=None) for n in range(100)]
    drawn = [gold_row("good", f"d{n}", sampled=0.00025) for n in range(5)]
    table = GoldTable(LABELS, (*file, *drawn))
    assert table.weight == pytest.approx(np.ones(105))
    assert table.effective == pytest.approx(105)


def test_unequal_chances_make_rows_worth_less() -> None:
    rows = [gold_row("bad", n, sampled=1.0) for n in range(90)]
    rows += [gold_row("good", f"d{n}", sampled=0.01) for n in range(10)]
    table = GoldTable(LABELS, tuple(rows))
    assert table.weight[-1] == pytest.approx(100 * table.weight[0])
    assert table.effective == pytest.approx((90 + 1000) ** 2 / (90 + 10 * 100**2))
