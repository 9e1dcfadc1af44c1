from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlsplit

import pytest
from asking import LABELS, chat, post
from hypothesis import given
from hypothesis import strategies as st

from stepladder.testing import Behaviour, FakeProvider, Fault, LogNormal, Outage, SlowStart, Uniform
from stepladder.testing.fate import Dice
from stepladder.testing.protocol import read_request


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(LABELS) as running:
        yield running


def latencies(behaviour: Behaviour) -> list[float]:
    dice = Dice(behaviour)
    bodies = (json.dumps(chat(f"{number}")).encode() for number in range(2000))
    return [dice.fate(read_request(body, chat=True), 1).latency for body in bodies]


def test_a_log_normal_latency_has_its_median_and_its_tail() -> None:
    drawn = latencies(Behaviour(LABELS, latency=LogNormal(median=0.3, sigma=0.5)))
    assert 0.28 < median(drawn) < 0.32
    # One standard deviation: 84 % stay below the median times e to the sigma.
    below = sum(seconds < 0.3 * 1.6487 for seconds in drawn)
    assert 0.82 < below / len(drawn) < 0.865
    assert drawn == latencies(Behaviour(LABELS, latency=LogNormal(median=0.3, sigma=0.5)))
    assert drawn != latencies(Behaviour(LABELS, seed=1, latency=LogNormal(median=0.3, sigma=0.5)))


def test_a_uniform_latency_stays_within_its_bounds() -> None:
    drawn = latencies(Behaviour(LABELS, latency=Uniform(0.1, 0.3)))
    assert 0.1 <= min(drawn) < 0.11
    assert 0.29 < max(drawn) < 0.3
    assert 0.19 < median(drawn) < 0.21


@given(st.floats(0, 1), st.floats(0.001, 100), st.floats(0, 3))
def test_a_latency_is_a_finite_time(drawn: float, middle: float, sigma: float) -> None:
    assert 0 < LogNormal(middle, sigma).seconds(drawn) < float("inf")


@pytest.mark.parametrize(
    ("kind", "values"),
    [(LogNormal, (0, 1)), (LogNormal, (1, -1)), (Uniform, (2, 1)), (Uniform, (-1, 1))],
)
def test_latencies_that_cannot_be_are_told(
    kind: type[LogNormal | Uniform], values: tuple[float, float]
) -> None:
    with pytest.raises(ValueError, match="latency:"):
        kind(*values)


def seconds_for_one(provider: FakeProvider) -> float:
    started = time.monotonic()
    assert post(provider, chat("hello")).status == 200
    return time.monotonic() - started


def test_a_drawn_latency_is_waited_for() -> None:
    with FakeProvider(LABELS, latency=Uniform(0.2, 0.25)) as provider:
        assert 0.2 <= seconds_for_one(provider) < 1


def test_faults_take_their_time_too() -> None:
    with FakeProvider(LABELS, latency=0.2, faults={Fault.FAILING: 1}) as provider:
        started = time.monotonic()
        assert post(provider, chat("hello")).status == 500
        assert time.monotonic() - started >= 0.2


def test_a_slow_start_refuses_then_is_slow_then_is_well(provider: FakeProvider) -> None:
    provider.start_over(slow_start=SlowStart(refused_for=0.4, slow_for=0.6, extra=0.5))
    with pytest.raises(ConnectionRefusedError):
        post(provider, chat("hello"))
    assert provider.stats().requests == 0
    time.sleep(0.45)
    assert seconds_for_one(provider) >= 0.5
    assert seconds_for_one(provider) < 0.4


def test_a_process_that_starts_slowly_has_an_address_at_once() -> None:
    with FakeProvider(LABELS, slow_start=SlowStart(refused_for=0.5)) as provider:
        with pytest.raises(ConnectionRefusedError):
            post(provider, chat("hello"))
        time.sleep(0.6)
        assert post(provider, chat("hello")).status == 200


@pytest.mark.parametrize(("fault", "status"), [(Fault.UNAVAILABLE, 503), (Fault.OVERLOADED, 529)])
def test_an_outage_begins_after_the_first_request_and_ends(
    provider: FakeProvider, fault: Fault, status: int
) -> None:
    provider.start_over(outage=Outage(after=0.3, seconds=0.4, fault=fault))
    time.sleep(0.4)
    assert post(provider, chat("hello")).status == 200
    time.sleep(0.4)
    assert [post(provider, chat(f"{n}")).status for n in range(5)] == [status] * 5
    time.sleep(0.4)
    assert post(provider, chat("hello")).status == 200
    assert provider.stats().faults == {fault: 5}
    assert provider.bill().usage.requests == 2


def test_in_an_outage_everything_may_be_reset(provider: FakeProvider) -> None:
    provider.start_over(outage=Outage(after=0, seconds=60, fault=Fault.RESET))
    with pytest.raises(ConnectionResetError):
        post(provider, chat("hello"))


def again(connection: HTTPConnection, path: str) -> None:
    connection.request("POST", f"{path}/chat/completions", json.dumps(chat("hello")))
    connection.getresponse()


def test_in_an_outage_nobody_may_listen_and_the_counts_are_still_told(
    provider: FakeProvider,
) -> None:
    provider.start_over(outage=Outage(after=0.2, seconds=0.4, fault=None))
    url = urlsplit(provider.base_url)
    with closing(HTTPConnection(url.netloc, timeout=5)) as open_since:
        open_since.request("POST", f"{url.path}/chat/completions", json.dumps(chat("hello")))
        assert open_since.getresponse().read()
        time.sleep(0.3)
        with pytest.raises(ConnectionRefusedError):
            post(provider, chat("hello"))
        with pytest.raises(ConnectionError):
            again(open_since, url.path)
    assert provider.stats().requests == 1
    time.sleep(0.4)
    assert post(provider, chat("hello")).status == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"after": -1, "seconds": 1}, "seconds"),
        ({"after": 0, "seconds": 1, "fault": Fault.USAGE_ZERO}, "no fault of the reply"),
    ],
)
def test_outages_that_cannot_be_are_told(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Outage(**wrong)  # type: ignore[arg-type]


def test_a_slow_start_that_cannot_be_is_told() -> None:
    with pytest.raises(ValueError, match="slow_start"):
        SlowStart(refused_for=-1)
