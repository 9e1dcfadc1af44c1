"""What `label` says about accuracy when gold was drawn by strata, and when not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stepladder.audit import wilson

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

GOLD = ("gold", "reviews.csv", "--task", "task.toml", "--n", "12")
STRATA = ("--stratify", "--policy", "policy.toml")
ALL_GOOD = "\n".join(["1"] * 12) + "\n"
EFFECTIVE = 40**2 / (10 * 3.8**2 + 2)
"""Of 38 called good ten are drawn, of two called bad both."""


@pytest.fixture
def labelled(desk: Desk) -> Desk:
    """Forty reviews without gold; the machine calls two of them bad, and all are good."""
    desk.write_reviews(40)
    desk.change("policy.toml", '"3" = "perhaps"', '"r3" = "bad", "r7" = "bad"')
    assert desk.label("--quiet").code == 0
    return desk


def test_rows_drawn_by_strata_are_weighed_and_the_line_says_so(labelled: Desk) -> None:
    assert labelled.run(*GOLD, *STRATA, typed=ALL_GOOD).code == 0
    assert (
        "Accuracy on gold that no fit has seen: 95.0% (10 of 12, weighed by how gold was drawn; "
        "12 rows worth 10.9; 95 % interval " in labelled.label().out
    )
    found = labelled.label("--json").json["accuracy"]["labels"]
    interval = wilson(0.95 * EFFECTIVE, EFFECTIVE)
    assert (found["right"], found["of"]) == (10, 12)
    assert found["share"] == pytest.approx(38 / 40)
    assert found["effective"] == pytest.approx(EFFECTIVE)
    assert (found["low"], found["high"]) == pytest.approx((interval.low, interval.high))


def test_rows_drawn_alike_are_counted_and_nothing_is_said(labelled: Desk) -> None:
    assert labelled.run(*GOLD, typed=ALL_GOOD).code == 0
    assert "weighed" not in labelled.label().out
    found = labelled.label("--json").json["accuracy"]["labels"]
    assert set(found) == {"right", "of", "share", "low", "high"}
    assert (found["of"], found["share"]) == (12, found["right"] / 12)


def test_gold_in_groups_makes_the_interval_too_narrow_and_the_line_says_so(desk: Desk) -> None:
    desk.change("task.toml", 'gold = "gold"', 'gold = "gold"\ngroup = "author"')
    rows = [f"c{n},text {n},good,a{n // 4}\n" for n in range(12)]
    desk.write("reviews.csv", "".join(["id,text,gold,author\n", *rows]))
    said = "Gold is of 3 groups: rows of one are alike, so that the interval is too narrow."
    assert said in desk.label().out
    desk.write("reviews.csv", "".join(["id,text,gold,author\n", *rows[::4]]))
    assert "too narrow" not in desk.label("--run", "other").out
