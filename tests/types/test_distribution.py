"""Numbers given for labels: probabilities, or a sentence that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, nan

import numpy as np
import pytest

from stepladder.types.distribution import flaw

LABELS = ("yes", "no", "maybe")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"yes": 0.4},
        {"yes": 0.0, "no": 0.0},
        {"yes": 0.7, "no": 0.3},
        {"yes": 1, "no": 0, "maybe": 0},
        {"yes": 0.333, "no": 0.333, "maybe": 0.333},
        {"yes": 0.5 + 1e-7, "no": 0.5 + 1e-7},
        dict(zip(LABELS, np.full(3, 1 / 3, dtype=np.float32), strict=True)),
    ],
)
def test_probabilities(given: Mapping[str, float]) -> None:
    assert flaw(given, LABELS) == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"yse": 0.5}, "gave 'yse' a probability; known: yes, no, maybe"),
        ({"yes": nan}, "gave 'yes' the probability nan; it goes from 0 to 1"),
        ({"yes": inf}, "gave 'yes' the probability inf"),
        ({"yes": -0.1}, "gave 'yes' the probability -0.1"),
        ({"yes": 1.1}, "gave 'yes' the probability 1.1"),
        ({"yes": "high"}, "gave 'yes' the probability 'high'"),
        ({"yes": None}, "gave 'yes' the probability None"),
        ({"yes": 0.7, "no": 0.30001}, "gave probabilities that sum to 1.00001; divide"),
        ({"yes": 1, "no": 1, "maybe": 1}, "gave probabilities that sum to 3;"),
        (
            {"yes": 0.5, "no": 0.4, "maybe": 0.0989},
            "every label a probability, and they sum to 0.9989",
        ),
        ({"yes": 0, "no": 0, "maybe": 0}, "every label a probability, and they sum to 0, not to 1"),
    ],
)
def test_what_is_wrong_is_said(given: Mapping[str, float], said: str) -> None:
    assert said in flaw(given, LABELS)


def test_where_something_else_than_a_label_was_possible_all_may_sum_to_less() -> None:
    given = {"yes": 0.5, "no": 0.2, "maybe": 0.1}
    assert flaw(given, LABELS, open_ended=True) == ""
    assert "sum to 3" in flaw(dict.fromkeys(LABELS, 1), LABELS, open_ended=True)
