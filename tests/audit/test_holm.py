"""Holm's correction: by hand, and what holds for any p-values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.audit.holm import holm

P_VALUES = st.lists(st.floats(0, 1), max_size=8)


def test_an_example_by_hand() -> None:
    # Ranked .005, .01, .03, .04 times 4, 3, 2, 1, none below the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(P_VALUES)
def test_it_lies_between_nothing_and_bonferroni_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    for p, q in zip(p_values, adjusted, strict=True):
        assert p <= q <= min(1.0, p * len(p_values)) + 1e-12
    ranked = sorted(range(len(p_values)), key=lambda n: (p_values[n], n))
    assert [adjusted[n] for n in ranked] == sorted(adjusted)
