from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from asking import LABELS, chat, post
from hypothesis import given
from hypothesis import strategies as st

from stepladder.testing import FakeProvider, Fault, Limits
from stepladder.testing.limits import Allowance, Bucket, duration


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(LABELS) as running:
        yield running


def test_requests_over_the_limit_get_a_429_and_are_not_charged(provider: FakeProvider) -> None:
    provider.start_over(limits=Limits(requests_per_minute=3))
    responses = [post(provider, chat(f"{n}")) for n in range(5)]
    assert [response.status for response in responses] == [200, 200, 200, 429, 429]
    # A minute for three is 20 seconds for one.
    assert responses[3].headers["retry-after"] == "20"
    assert 19_000 < int(responses[3].headers["retry-after-ms"]) <= 20_000
    assert responses[3].json()["error"]["code"] == "rate_limit_exceeded"
    stats = provider.stats()
    assert (stats.requests, stats.answered, stats.refused) == (5, 3, 2)
    assert provider.bill().usage.requests == 3


def test_who_waits_as_long_as_told_is_let_through(provider: FakeProvider) -> None:
    provider.start_over(limits=Limits(requests_per_minute=300, burst=0.2))
    assert post(provider, chat("one")).status == 200
    refused = post(provider, chat("two"))
    assert refused.status == 429
    time.sleep(int(refused.headers["retry-after-ms"]) / 1000)
    assert post(provider, chat("two")).status == 200


def test_tokens_are_the_prompt_s_and_the_cap(provider: FakeProvider) -> None:
    provider.start_over(limits=Limits(tokens_per_minute=40))
    # "Be brief." and one word are 3 tokens, and the cap 17: two requests fit.
    statuses = [post(provider, chat("hello", max_tokens=17)).status for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_request_of_more_than_a_minute_s_tokens_never_passes(provider: FakeProvider) -> None:
    provider.start_over(limits=Limits(tokens_per_minute=40))
    assert post(provider, chat("hello", max_tokens=38)).status == 429
    assert post(provider, chat("hello", max_tokens=37)).status == 200


def test_a_429_may_keep_silent_about_when_to_come_back(provider: FakeProvider) -> None:
    provider.start_over(limits=Limits(requests_per_minute=1, retry_after=False))
    headers = [post(provider, chat(f"{n}")).headers for n in range(2)][1]
    assert not {"retry-after", "retry-after-ms", "x-ratelimit-limit-requests"} & headers.keys()


def test_all_replies_tell_what_is_left(provider: FakeProvider) -> None:
    limits = Limits(requests_per_minute=2, tokens_per_minute=6000, headers=True)
    provider.start_over(limits=limits, faults={})
    first = post(provider, chat("hello", max_tokens=7)).headers
    assert first["x-ratelimit-limit-requests"] == "2"
    assert first["x-ratelimit-remaining-requests"] == "1"
    assert first["x-ratelimit-reset-requests"] == "30s"
    assert first["x-ratelimit-limit-tokens"] == "6000"
    assert first["x-ratelimit-remaining-tokens"] == "5990"
    assert first["x-ratelimit-reset-tokens"] == "100ms"
    post(provider, chat("hello"))
    refused = post(provider, chat("hello"))
    assert refused.status == 429
    assert refused.headers["x-ratelimit-remaining-requests"] == "0"
    provider.start_over(faults={Fault.FAILING: 1})
    failed = post(provider, chat("hello"))
    assert (failed.status, failed.headers["x-ratelimit-remaining-requests"]) == (500, "1")
    provider.start_over(faults={})


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0ms"), (0.12, "120ms"), (1.5, "1.5s"), (59.9999, "1m0s"), (360, "6m0s")],
)
def test_durations_are_written_as_openai_does(seconds: float, written: str) -> None:
    assert duration(seconds) == written


def test_more_at_once_than_allowed_are_refused() -> None:
    allowance = Allowance(Limits(at_once=2), now=0)
    assert allowance.refused(1, 2, now=0) is None
    assert allowance.refused(1, 3, now=0) == "more than 2 requests at once"


@given(
    st.integers(1, 600),
    st.floats(0.1, 60),
    st.lists(st.tuples(st.floats(0, 10), st.integers(1, 50)), max_size=60),
)
def test_no_more_passes_than_the_allowance_and_one_bucketful(
    per_minute: int, burst: float, requests: list[tuple[float, int]]
) -> None:
    bucket, now, passed, largest = Bucket(per_minute, burst, 0.0), 0.0, 0, 0
    for pause, amount in requests:
        now += pause
        if bucket.wait(amount, now) == 0:
            bucket.take(amount)
            passed, largest = passed + amount, max(largest, amount)
    allowed = per_minute * now / 60 + max(bucket.capacity, largest)
    assert passed <= allowed + 0.01


@given(st.integers(1, 600), st.floats(0.1, 60), st.integers(1, 200), st.integers(1, 200))
def test_the_wait_told_is_enough_and_not_too_long(
    per_minute: int, burst: float, before: int, amount: int
) -> None:
    bucket = Bucket(per_minute, burst, 0.0)
    bucket.take(before)
    wait = bucket.wait(amount, 0.0)
    assert bucket.wait(amount, wait) == 0
    bucket = Bucket(per_minute, burst, 0.0)
    bucket.take(before)
    if wait > 0.01:
        assert bucket.wait(amount, wait * 0.99 - 0.001) > 0


@pytest.mark.parametrize(
    "wrong", [{"requests_per_minute": 0}, {"tokens_per_minute": -1}, {"burst": 0.0}, {"at_once": 0}]
)
def test_limits_that_are_none_are_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="limits:"):
        Limits(**wrong)
