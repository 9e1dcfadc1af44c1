"""What the policy's accept rules read off a posterior."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.types import Posterior

ABC = ("a", "b", "c")


def test_the_most_probable_label_leads() -> None:
    posterior = Posterior(ABC, (0.2, 0.7, 0.1))
    assert posterior.top == "b"
    assert posterior.probability == 0.7
    assert posterior.margin == pytest.approx(0.5)
    assert posterior.by_label() == {"a": 0.2, "b": 0.7, "c": 0.1}


def test_a_tie_goes_to_the_tasks_first_label_without_any_lead() -> None:
    posterior = Posterior(ABC, (0.1, 0.45, 0.45))
    assert posterior.top == "b"
    assert posterior.margin == 0.0


@pytest.mark.parametrize(
    ("probabilities", "entropy"),
    [
        ((1.0, 0.0), 0.0),
        ((0.5, 0.5), 1.0),
        # -(0.9 ln 0.9 + 0.1 ln 0.1) / ln 2
        ((0.9, 0.1), 0.468996),
        ((0.25, 0.25, 0.25, 0.25), 1.0),
        # Two of four equally likely: one bit of two.
        ((0.5, 0.5, 0.0, 0.0), 0.5),
    ],
)
def test_entropy_runs_from_sure_to_no_idea(
    probabilities: tuple[float, ...], entropy: float
) -> None:
    labels = tuple("abcd"[: len(probabilities)])
    assert Posterior(labels, probabilities).entropy == pytest.approx(entropy, abs=1e-6)


def test_a_single_label_is_sure() -> None:
    posterior = Posterior(("only",), (1.0,))
    assert (posterior.top, posterior.margin, posterior.entropy) == ("only", 1.0, 0.0)


@given(st.lists(st.floats(min_value=1e-12, max_value=1), min_size=2, max_size=20))
def test_margin_and_entropy_never_leave_zero_to_one(weights: list[float]) -> None:
    posterior = Posterior(
        tuple(map(str, range(len(weights)))), tuple(w / sum(weights) for w in weights)
    )
    assert 0 <= posterior.margin <= 1
    assert 0 <= posterior.entropy <= 1
