"""How often annotators change their minds: a table by hand, invariants, and the tests' level."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.audit.reading import Reading
from stepladder.audit.share import Share
from stepladder.audit.steadiness import steadiness
from stepladder.audit.wording_change import by_wording
from stepladder.types import FIRST, Draw

OTHER, TURNED, AGAIN = Draw("paraphrases-1"), Draw("options-1"), Draw(sample=1)
DRAWS = (FIRST, OTHER, TURNED, AGAIN)
LABELS = st.sampled_from(("a", "b", None))


def reading(answers: str, gold: str | None = None) -> Reading:
    """The answers at each draw as letters; `-` for no label, a blank for none at all."""
    said = {d: None if a == "-" else a for d, a in zip(DRAWS, answers, strict=False) if a != " "}
    return Reading(said, gold)


TABLE = [
    reading("aaaa", "a"),
    reading("aaab", "a"),
    reading("abab", "a"),
    reading("abba", "b"),
    reading("a-aa", "a"),
    reading("-aaa"),
    reading("b  b"),
]


def test_a_table_by_hand() -> None:
    found = steadiness(TABLE, DRAWS)
    # The last was asked in one wording only; saying something else in the same one is no change.
    assert found.changed == Share(4, 6)
    assert found.agreement == pytest.approx((1 + 1 + 1 / 3 + 1 / 3 + 1 / 3 + 1 / 3) / 6)
    assert [(k.kind, k.draws, k.changed) for k in found.by_kind] == [
        ("paraphrases", 1, Share(4, 6)),
        ("options", 1, Share(2, 6)),
        ("samples", 1, Share(3, 7)),
    ]
    assert (found.right_if_steady, found.right_if_not) == (Share(2, 2), Share(2, 3))
    assert found.says_of_error is not None
    assert found.says_of_error.difference == pytest.approx(1 / 3)


def test_labels_that_come_and_go_are_counted_apart() -> None:
    other, turned, again = steadiness(TABLE, DRAWS).by_wording
    assert (other.changed, other.lost, other.gained) == (Share(4, 6), 1, 1)
    assert (turned.lost, turned.gained, again.gained) == (0, 1, 1)
    assert (other.right, other.right_own) == (Share(3, 5), Share(4, 5))


def test_a_kind_changes_its_mind_if_any_wording_does() -> None:
    draws = (FIRST, Draw("options-1"), Draw("options-2"))
    answers = [("a", "a", "b"), ("a", "b", "a"), ("a", "a", "a")]
    readings = [Reading(dict(zip(draws, one, strict=True))) for one in answers]
    (kind,) = steadiness(readings, draws).by_kind
    assert (kind.draws, kind.changed) == (2, Share(2, 3))
    assert kind.per_wording_mean == pytest.approx(1 / 3)


def test_a_wording_that_is_wrong_where_the_own_one_is_right_means_something_else() -> None:
    readings = [reading("abaa", "a") for _ in range(8)] + [reading("aaaa", "a")] * 30
    other, turned, _ = steadiness(readings, DRAWS).by_wording
    assert other.p_worse == pytest.approx(3 / 2**8)
    assert other.other_meaning
    assert not turned.other_meaning


def test_a_wording_that_is_right_more_often_is_no_warning() -> None:
    readings = [reading("abaa", "b") for _ in range(20)]
    assert not any(row.other_meaning for row in steadiness(readings, DRAWS).by_wording)


def test_nothing_heard_is_nothing_known() -> None:
    found = steadiness([], DRAWS)
    assert found.changed.value is None
    assert found.agreement is None
    assert found.says_of_error is None
    assert [kind.per_wording_mean for kind in found.by_kind] == [None] * 3
    assert [row.p_worse for row in found.by_wording] == [1, 1, 1]


@given(st.lists(st.tuples(LABELS, LABELS, LABELS, LABELS, LABELS), max_size=30))
def test_what_holds_for_any_answers(rows: list[tuple[str | None, ...]]) -> None:
    readings = [Reading(dict(zip(DRAWS, row[:4], strict=True)), row[4]) for row in rows]
    found = steadiness(readings, DRAWS)
    gold = found.right_if_steady.total + found.right_if_not.total
    assert gold == sum(row[4] is not None for row in rows)
    assert found.changed.total == len(rows)
    kinds = {kind.kind: kind.changed.count for kind in found.by_kind}
    apart = (kinds["paraphrases"], kinds["options"])
    assert max(apart) <= found.changed.count <= sum(apart)
    if found.agreement is not None:
        assert 1 / 3 * found.changed.count / len(rows) <= 1 - found.agreement + 1e-9
    # Whoever is asked in another order answers the same.
    assert steadiness(readings[::-1], DRAWS).changed == found.changed


def test_wordings_as_good_as_the_own_one_are_seldom_warned_of() -> None:
    rng = random.Random(7)  # noqa: S311
    draws = (FIRST, *(Draw(f"options-{n}") for n in range(1, 6)))

    def alarm() -> bool:
        right = [rng.random() < 0.8 for _ in range(60)]
        readings = [
            Reading({d: "a" if r != (rng.random() < 0.1) else "b" for d in draws}, "a")
            for r in right
        ]
        return any(row.other_meaning for row in by_wording(readings, draws))

    assert sum(alarm() for _ in range(200)) / 200 <= 0.09
