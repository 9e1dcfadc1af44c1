"""What a provider's headers say of its limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.annotators import Allowance
from stepladder.annotators.openai_allowance import REQUESTS, TOKENS, read_allowance


def test_both_limits_of_openai() -> None:
    headers = {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "30000",
    }
    assert read_allowance(headers) == Allowance(500, 30000)


def test_one_of_them_is_enough() -> None:
    assert read_allowance({REQUESTS: "500"}) == Allowance(500, None)
    assert read_allowance({TOKENS: "30000"}) == Allowance(None, 30000)


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}])
def test_nothing_said(headers: dict[str, str]) -> None:
    assert read_allowance(headers) is None


@pytest.mark.parametrize(
    "nonsense", ["", "0", "-1", "3.5", "1e9", "500, 500;w=60", "many", "٥٠٠", "9" * 5000]
)
def test_nonsense_is_no_limit(nonsense: str) -> None:
    assert read_allowance({REQUESTS: nonsense, TOKENS: "30000"}) == Allowance(None, 30000)


@given(st.text(max_size=40))
def test_whatever_it_says_is_a_limit_or_none(said: str) -> None:
    allowance = read_allowance({REQUESTS: said})
    assert allowance is not None
    requests = allowance.requests_per_minute
    assert requests is None or 0 < requests < 10**15
