"""How much of what a provider bears is used, and how much it refuses: in virtual time.

The real `Limited`, inside the real `Retrying`, asks providers with hidden limits with 64
requests in flight and round trips of 0.14 to 0.32 seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtual_time import (
    AtRandom,
    Closed,
    FixedWindow,
    Gate,
    Load,
    Provider,
    TokenBucket,
    in_virtual_time,
)

from stepladder.annotators import Allowance
from stepladder.annotators.pace import SLOWEST, Pace

IN_FLIGHT = 64
BORNE_BY_CONCURRENCY = IN_FLIGHT / 0.23
"""Answers per second where nothing is refused."""


@dataclass(frozen=True)
class Used:
    share: float
    refused: float
    provider: Provider


def used(gate: Gate, allowed: float, seconds: float, **more: Any) -> Used:
    """`allowed` are the requests, or the tokens, that the provider lets through in the time."""
    tokens = more.pop("tokens", (1, 1))
    limits = {key: more.pop(key) for key in list(more) if key.endswith("_per_minute")}

    async def work(clock: Callable[[], float]) -> Provider:
        provider = Provider(gate, clock, **more)
        await Load(seconds, IN_FLIGHT, tokens).on(provider, **limits)
        return provider

    provider = in_virtual_time(work)
    return Used(provider.tokens / allowed, provider.refused_share, provider)


@pytest.mark.parametrize("hints", [False, True])
@pytest.mark.parametrize(
    ("per_second", "burst", "most_refused"),
    # Measured: 2.9, 1.2 and 1.1 % without a burst, of which most when the limit is first met.
    [(10, 1, 0.035), (50, 1, 0.015), (100, 1, 0.015), (100, 60, 0.015)],
)
def test_a_minute_at_a_limit_that_nobody_named(
    per_second: float, burst: float, most_refused: float, *, hints: bool
) -> None:
    gate = TokenBucket(per_second, burst)
    found = used(gate, per_second * (60 + burst), 60, hints=hints)
    assert found.share >= 0.95
    assert found.refused <= most_refused


@pytest.mark.slow
def test_five_minutes_at_a_limit_that_nobody_named() -> None:
    found = used(TokenBucket(50, 1), 50 * 301, 300)
    assert found.share >= 0.98
    assert found.refused <= 0.006


def test_a_limit_that_opens_once_a_minute() -> None:
    """A fixed window: what it allows in a minute is through in some ten seconds."""
    told = used(FixedWindow(1200), 1200 * 3, 180, hints=True)
    assert told.share >= 0.95
    assert told.refused <= 0.07
    untold = used(FixedWindow(1200), 1200 * 3, 180)
    assert untold.share >= 0.9


@pytest.mark.parametrize(("share", "least"), [(0.02, 0.85), (0.1, 0.5)])
@pytest.mark.slow
def test_refusals_that_no_pace_prevents_hardly_slow_it(share: float, least: float) -> None:
    """Measured over five minutes, from the first request on: 90 % and 65 %."""
    found = used(AtRandom(share), BORNE_BY_CONCURRENCY * 300, 300)
    assert found.share >= least
    assert found.refused == pytest.approx(share, rel=0.1)


def test_a_few_refusals_at_random_are_seen_through_within_a_minute() -> None:
    found = used(AtRandom(0.02), BORNE_BY_CONCURRENCY * 60, 60)
    assert found.share >= 0.5


def test_it_comes_back_after_a_time_of_refusals() -> None:
    found = used(Closed(4, 14), BORNE_BY_CONCURRENCY * 50, 60)
    last = [time for time in found.provider.times if time >= 55]
    # It is still growing: what it was refused at was a guess of a third.
    assert len(last) / 5 >= 0.5 * BORNE_BY_CONCURRENCY
    in_vain = [time for time in found.provider.times if 5 <= time < 14]
    assert len(in_vain) <= 150


def test_limits_that_the_provider_states_are_kept() -> None:
    stated = Allowance(tokens_per_minute=120_000)
    found = used(TokenBucket(2000, 1), 2000 * 61, 60, stated=stated, tokens=(25, 220), loose=4.0)
    assert found.share >= 0.9
    assert found.refused <= 0.01


def test_tokens_are_counted_as_they_are_though_the_bound_is_four_times_too_high() -> None:
    found = used(
        TokenBucket(2000, 1),
        2000 * 61,
        60,
        tokens=(25, 220),
        loose=4.0,
        tokens_per_minute=120_000,
    )
    assert found.share >= 0.9
    assert found.refused <= 0.01


def test_tokens_that_nobody_named_are_learnt_as_requests() -> None:
    found = used(TokenBucket(2000, 1), 2000 * 121, 120, tokens=(25, 220), loose=4.0)
    assert found.share >= 0.85
    # Long prompts in a row are refused now and then: a pace counts requests alike.
    assert found.refused <= 0.04


def test_nothing_is_paced_until_something_is_refused() -> None:
    assert Pace().unlimited
    assert Pace().answered(5.0).unlimited


def refused_once(before: float, *, wait: float | None = None) -> Pace:
    return Pace(began=10.0, before=before).refused(10.0, 9.8, wait)


def test_the_first_refusal_cuts_to_a_twentieth_less_than_the_guess() -> None:
    pace = refused_once(20.0)
    assert pace.rate == pytest.approx(19.0)
    assert pace.next_at == 10.0


def test_those_in_flight_when_it_was_cut_say_nothing_new() -> None:
    pace = refused_once(20.0)
    for _ in range(50):
        pace = pace.refused(10.1, 9.9, None)
    assert pace == refused_once(20.0)


def test_requests_leave_at_the_rate() -> None:
    pace = refused_once(10 / 0.95)
    left = []
    now = 10.0
    for _ in range(6):
        now = max(now, pace.next_at)
        left.append(now)
        pace = pace.take(now)
    assert left == pytest.approx([10.0, 10.1, 10.2, 10.3, 10.4, 10.5])


def test_a_tenth_of_a_second_is_made_up_for_and_no_more() -> None:
    late = refused_once(10 / 0.95).take(20.0)
    # Two at once at 20.0; the third a tenth of a second later.
    assert late.next_at == pytest.approx(20.0)
    assert late.take(20.0).next_at == pytest.approx(20.1)


def test_every_answer_raises_a_guess() -> None:
    pace = refused_once(20.0)
    for n in range(10):
        pace = pace.answered(10.5 + n / 20)
    assert pace.rate == pytest.approx(19.0 + 10 * 0.2)


def test_nine_refusals_in_a_row_halve_it_and_make_a_pause() -> None:
    pace = refused_once(20.0)
    # With the first one, nine.
    for n in range(8):
        assert pace.rate == pytest.approx(19.0)
        pace = pace.refused(10.5 + n / 100, 10.2, None)
    assert pace.rate == pytest.approx(9.5)
    assert pace.next_at == pytest.approx(10.57 + 0.5)
    hinted = refused_once(20.0)
    for n in range(8):
        hinted = hinted.refused(10.5 + n / 100, 10.2, 7.0)
    assert hinted.next_at == pytest.approx(10.57 + 7.0)


happenings = st.lists(
    st.tuples(
        st.sampled_from(["answered", "refused", "taken"]),
        st.floats(0, 120),
        st.none() | st.floats(0, 120),
    ),
    max_size=200,
)


@given(before=st.floats(0.01, 1000), happened=happenings)
def test_the_pace_is_never_below_one_a_minute_and_every_wait_ends(
    before: float, happened: list[tuple[str, float, float | None]]
) -> None:
    now = 10.0
    pace = refused_once(before)
    for kind, later, wait in happened:
        now += later
        match kind:
            case "answered":
                pace = pace.answered(now)
            case "refused":
                pace = pace.refused(now, now - 0.1, wait)
            case _:
                now = max(now, pace.next_at)
                pace = pace.take(now)
        assert pace.rate >= SLOWEST
        assert pace.next_at <= now + 120 + 60 + 1e-6
        assert 0 <= pace.refusals <= 1
