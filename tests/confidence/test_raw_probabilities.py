from __future__ import annotations

from collections.abc import Mapping
from math import inf, nan

import pytest
from hypothesis import given as all_of
from hypothesis import strategies as st

from stepladder.confidence.reading import raw_probabilities
from stepladder.types import Confidence, Labelled, Source, Vote

LABELS = ("good", "bad", "mixed")


def vote(source: Source, by_label: Mapping[str, float]) -> Vote:
    return Vote("m", Labelled("good"), Confidence(source, by_label))


@pytest.mark.parametrize("source", [Source.TOKEN_PROBABILITIES, Source.STATED])
@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"mixed": 0.1, "good": 0.7, "bad": 0.2}, (0.7, 0.2, 0.1)),
        ({"good": 0.8}, (0.8, 0.1, 0.1)),
        ({"good": 0.8, "bad": 0.15}, (0.8, 0.15, 0.05)),
        ({"good": 1.0}, (1.0, 0.0, 0.0)),
        ({"good": 0.9, "bad": 0.1, "mixed": 0.0}, (0.9, 0.1, 0.0)),
    ],
)
def test_what_is_left_unsaid_is_shared_evenly(
    source: Source, given: Mapping[str, float], read: tuple[float, ...]
) -> None:
    assert raw_probabilities(vote(source, given), LABELS) == pytest.approx(read)


def test_what_is_said_of_all_labels_and_sums_to_less_is_scaled() -> None:
    """First tokens of three labels, beside which the model thought of others too."""
    said = vote(Source.TOKEN_PROBABILITIES, {"good": 0.3, "bad": 0.2, "mixed": 0.1})
    assert raw_probabilities(said, LABELS) == pytest.approx((1 / 2, 1 / 3, 1 / 6))


@pytest.mark.parametrize("source", [Source.TOKEN_PROBABILITIES, Source.STATED, Source.VARIANTS])
@pytest.mark.parametrize(
    "given",
    [
        {"good": nan},
        {"good": inf},
        {"good": 0.5, "bad": nan, "mixed": 0.5},
        {"good": -0.1, "bad": 0.6, "mixed": 0.5},
        {"good": 1.5},
        {"good": 95.0},
        {"good": 0.9, "bad": 0.3},
        {"good": 1.0, "bad": 1.0, "mixed": 1.0},
        {"good": 0.0, "bad": 0.0, "mixed": 0.0},
        {"good": 0.0},
    ],
)
def test_numbers_that_are_no_probabilities_are_no_confidence(
    source: Source, given: Mapping[str, float]
) -> None:
    assert raw_probabilities(vote(source, given), LABELS) is None


@pytest.mark.parametrize(
    "given", [{"good": 0.5, "zzz": 0.5}, {"zzz": 1.0}, {"good": 0.5, "bad": 0.5, "zzz": 0.0}]
)
def test_numbers_for_labels_of_another_task_are_no_confidence(given: Mapping[str, float]) -> None:
    assert raw_probabilities(vote(Source.STATED, given), LABELS) is None


def test_the_last_digit_of_a_rounded_sum_is_no_fault() -> None:
    thirds = vote(Source.STATED, {"good": 0.3333334, "bad": 0.3333334, "mixed": 0.3333334})
    assert raw_probabilities(thirds, LABELS) == pytest.approx((1 / 3,) * 3)


@all_of(st.dictionaries(st.sampled_from(LABELS), st.floats(0, 1), max_size=3))
def test_whatever_is_read_sums_to_one(given: Mapping[str, float]) -> None:
    read = raw_probabilities(vote(Source.STATED, given), LABELS)
    if read is not None:
        assert sum(read) == pytest.approx(1, abs=1e-5)
        assert all(p >= 0 for p in read)


@pytest.mark.parametrize("given", [{}, {"good": 0.9}])
def test_a_vote_without_confidence_only_names_a_label(given: Mapping[str, float]) -> None:
    assert raw_probabilities(vote(Source.NONE, given), LABELS) is None
    assert raw_probabilities(vote(Source.STATED, {}), LABELS) is None
