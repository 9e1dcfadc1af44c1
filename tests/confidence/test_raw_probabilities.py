from __future__ import annotations

from collections.abc import Mapping

import pytest

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
        ({"good": 0.9, "bad": 0.3}, (0.9, 0.3, 0.0)),
    ],
)
def test_what_is_left_unsaid_is_shared_evenly(
    source: Source, given: Mapping[str, float], read: tuple[float, ...]
) -> None:
    assert raw_probabilities(vote(source, given), LABELS) == pytest.approx(read)


@pytest.mark.parametrize("given", [{}, {"good": 0.9}])
def test_a_vote_without_confidence_only_names_a_label(given: Mapping[str, float]) -> None:
    assert raw_probabilities(vote(Source.NONE, given), LABELS) is None
    assert raw_probabilities(vote(Source.STATED, {}), LABELS) is None
