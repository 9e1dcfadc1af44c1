"""One vote from several draws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.confidence.agreement import agreement
from stepladder.types import (
    BASE,
    Confidence,
    Labelled,
    Reason,
    Source,
    Unlabelled,
    Usage,
    Usd,
    Vote,
)

LABELS = ("yes", "no", "maybe")


def said(label: str, sample: int = 0, **more: object) -> Vote:
    return Vote("weak", Labelled(label), sample=sample, key=f"k{sample}", **more)  # type: ignore[arg-type]


def silent(reason: Reason, detail: str = "") -> Vote:
    return Vote("weak", Unlabelled(reason, detail))


def shares(votes: list[Vote]) -> dict[str, float]:
    return dict(agreement(votes, Source.SAMPLES, LABELS).confidence.by_label)


def test_the_label_named_most_often_with_smoothed_shares() -> None:
    votes = [said("no", 0), said("yes", 1), said("yes", 2)]
    found = agreement(votes, Source.SAMPLES, LABELS)
    assert found.label == "yes"
    assert found.confidence.source is Source.SAMPLES
    third = 1 / 3
    assert found.confidence.by_label == pytest.approx(
        {"yes": (2 + third) / 4, "no": (1 + third) / 4, "maybe": third / 4}
    )


def test_of_equals_the_one_named_first_counts() -> None:
    votes = [said("maybe"), said("no"), said("yes"), said("yes"), said("no")]
    assert agreement(votes, Source.VARIANTS, LABELS).label == "no"


def test_five_of_five_are_no_certainty() -> None:
    assert shares([said("yes", n) for n in range(5)])["yes"] == pytest.approx((5 + 1 / 3) / 6)


def test_draws_without_a_label_do_not_count_but_cost() -> None:
    votes = [
        silent(Reason.OFF_LIST),
        said("yes", 1, usage=Usage(input=3), cost=Usd(30), model="m", text="Yes.", seconds=2.0),
        said("yes", 2, usage=Usage(input=4), cost=Usd(40), model="n", text="yes", seconds=5.0),
    ]
    found = agreement(votes, Source.SAMPLES, LABELS)
    assert found.confidence.by_label == pytest.approx(shares(votes[1:]))
    assert found.usage == Usage(input=7, requests=3)
    assert found.cost == Usd(70)
    assert (found.model, found.text, found.seconds) == ("m", "Yes.", 5.0)


def test_when_no_draw_named_a_label_the_first_says_why() -> None:
    votes = [silent(Reason.REFUSED, "no comment"), silent(Reason.ERROR)]
    found = agreement(votes, Source.SAMPLES, LABELS)
    assert found.outcome == Unlabelled(Reason.REFUSED, "no comment")
    assert found.confidence.source is Source.NONE


def test_a_single_draw_is_the_vote_itself() -> None:
    sure = Vote("weak", Labelled("yes"), Confidence(Source.STATED, {"yes": 0.9}), sample=3)
    assert agreement([sure], Source.SAMPLES, LABELS) is sure


def test_its_key_is_that_of_all_draws() -> None:
    votes = [said("yes", 0), said("no", 1)]
    found = agreement(votes, Source.SAMPLES, LABELS)
    assert (found.variant, found.sample) == (BASE, 0)
    assert found.key not in {"", "k0", "k1"}
    assert found.key == agreement(votes, Source.SAMPLES, LABELS).key
    assert found.key != agreement([said("yes", 0), said("no", 2)], Source.SAMPLES, LABELS).key


@given(st.lists(st.one_of(st.builds(said, st.sampled_from(LABELS))), min_size=2, max_size=9))
def test_shares_sum_to_one_and_the_label_has_the_largest(votes: list[Vote]) -> None:
    found = agreement(votes, Source.SAMPLES, LABELS)
    by_label = found.confidence.by_label
    assert sum(by_label.values()) == pytest.approx(1)
    assert found.label is not None
    assert by_label[found.label] == max(by_label.values())
    assert min(by_label.values()) > 0
