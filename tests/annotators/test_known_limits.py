from __future__ import annotations

import pytest

from stepladder.annotators import Allowance
from stepladder.annotators.known_limits import KnownLimits

NOBODY = KnownLimits.of(Allowance(), 0.0)


def test_where_nobody_names_a_limit_requests_leave_at_any_time() -> None:
    assert NOBODY.unknown
    assert NOBODY.ready_at(1_000_000) == float("-inf")
    assert NOBODY.take(1_000_000, 0.0) == NOBODY


def test_the_tighter_of_two_limits_holds() -> None:
    limits = KnownLimits.of(Allowance(60, 600), 0.0)
    assert limits.take(1, 0.0).ready_at(1) == pytest.approx(1.0)
    assert limits.take(50, 0.0).ready_at(1) == pytest.approx(4.1)


def test_what_the_provider_states_holds_a_second_later() -> None:
    limits = NOBODY.keep_to(Allowance(requests_per_minute=60), 10.0)
    assert not limits.unknown
    assert limits.ready_at(1) == pytest.approx(11.0)
    assert limits.tokens is None


def test_each_limit_of_the_policy_goes_before_the_provider_s() -> None:
    limits = KnownLimits.of(Allowance(requests_per_minute=60), 0.0)
    both = limits.keep_to(Allowance(6000, 90_000), 0.0)
    assert both.requests == limits.requests
    assert both.tokens is not None
    assert both.tokens.per_minute == 90_000


def test_what_is_not_stated_any_more_stays() -> None:
    limits = NOBODY.keep_to(Allowance(60, 6000), 0.0)
    assert limits.keep_to(Allowance(requests_per_minute=30), 0.0).tokens == limits.tokens
