from __future__ import annotations

import json
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest
from asking import LABELS, Response, chat, post
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.testing import Behaviour, FakeProvider, Fault, Kind
from stepladder.testing.fate import Dice
from stepladder.testing.protocol import Asked, read_request

REPLY = [fault for fault in Fault if fault.kind is Kind.REPLY]
STATUSES = {
    Fault.RATE_LIMITED: 429,
    Fault.NO_CREDIT: 429,
    Fault.UNAUTHORIZED: 401,
    Fault.FAILING: 500,
    Fault.BAD_GATEWAY: 502,
    Fault.UNAVAILABLE: 503,
    Fault.GATEWAY_TIMEOUT: 504,
    Fault.OVERLOADED: 529,
}


@pytest.fixture(scope="module")
def running() -> Iterator[FakeProvider]:
    with FakeProvider(LABELS) as provider:
        yield provider


@pytest.fixture
def provider(running: FakeProvider) -> FakeProvider:
    running.start_over(faults={}, script={"": "cannot tell"}, retry_after=None)
    return running


@pytest.mark.parametrize(("fault", "status"), STATUSES.items())
def test_statuses(provider: FakeProvider, fault: Fault, status: int) -> None:
    provider.start_over(faults={fault: 1})
    response = post(provider, chat("hello"))
    assert response.status == status
    assert response.json()["error"]["message"]
    assert "retry-after" not in response.headers
    assert provider.stats().faults == {fault: 1}
    assert provider.stats().answered == 0


def test_no_credit_is_told_from_too_many_requests(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.NO_CREDIT: 1})
    assert post(provider, chat("hello")).json()["error"]["code"] == "insufficient_quota"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.RATE_LIMITED, "2.5"),
        (Fault.UNAVAILABLE, "2.5"),
        (Fault.OVERLOADED, "2.5"),
        (Fault.FAILING, None),
    ],
)
def test_some_refusals_say_when_to_come_back(
    provider: FakeProvider, fault: Fault, told: str | None
) -> None:
    provider.start_over(faults={fault: 1}, retry_after=2.5)
    assert post(provider, chat("hello")).headers.get("retry-after") == told


CHARGED = {
    Fault.GATEWAY_TIMEOUT,
    Fault.RESET_AFTER_WORK,
    Fault.HANGING,
    Fault.HANGING_MIDWAY,
    Fault.TRUNCATED,
    Fault.MALFORMED,
    Fault.WRONG_SHAPE,
    Fault.HTML,
    Fault.GZIP_BOMB,
}


@pytest.mark.parametrize("fault", REPLY)
def test_what_is_charged(provider: FakeProvider, fault: Fault) -> None:
    provider.start_over(faults={fault: 1})
    with suppress(OSError, IncompleteRead):
        post(provider, chat("hello"), timeout=0.5)
    stats, charged = provider.stats(), fault in CHARGED
    assert fault.charged == charged
    assert (stats.requests, stats.answered) == (1, 0)
    assert (stats.prompt_tokens, stats.completion_tokens) == ((3, 2) if charged else (0, 0))


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.RESET_AFTER_WORK])
def test_a_reset_comes_before_any_byte(provider: FakeProvider, fault: Fault) -> None:
    provider.start_over(faults={fault: 1})
    url = urlsplit(provider.base_url)
    body = json.dumps(chat("hello")).encode()
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=5) as client:
        client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b"
                       % (len(body), body))  # fmt: skip
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_hanging_sends_nothing_and_keeps_nobody_from_stopping() -> None:
    with FakeProvider(LABELS, faults={Fault.HANGING: 1}) as provider:
        with pytest.raises(TimeoutError):
            post(provider, chat("hello"), timeout=0.3)
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 5


def begun(provider: FakeProvider) -> tuple[HTTPConnection, Any]:
    url = urlsplit(provider.base_url)
    connection = HTTPConnection(url.netloc, timeout=0.5)
    connection.request("POST", f"{url.path}/chat/completions", json.dumps(chat("hello")))
    return connection, connection.getresponse()


def test_hanging_midway_sends_the_header_and_half_of_the_body(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.HANGING_MIDWAY: 1})
    connection, response = begun(provider)
    length = int(response.headers["Content-Length"])
    assert len(response.read(length // 2)) == length // 2
    with pytest.raises(TimeoutError):
        response.read(1)
    connection.close()


def test_truncated_breaks_off_in_the_middle(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.TRUNCATED: 1})
    connection, response = begun(provider)
    with pytest.raises(IncompleteRead) as broken:
        response.read()
    assert len(broken.value.partial) == int(response.headers["Content-Length"]) // 2
    connection.close()


def test_malformed_is_half_a_json_text(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.MALFORMED: 1})
    response = post(provider, chat("hello"))
    assert response.status == 200
    assert response.body.startswith(b'{"id":')
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        response.json()


def test_the_wrong_shape_is_json_without_an_answer(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.WRONG_SHAPE: 1})
    response = post(provider, chat("hello"))
    assert response.status == 200
    assert not isinstance(response.json()["choices"], list)


def test_html_is_said_to_be_html(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.HTML: 1})
    response = post(provider, chat("hello"))
    assert (response.status, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert response.body.startswith(b"<!DOCTYPE html>")


def test_the_gzip_bomb_is_small_and_inflates_to_half_a_gigabyte(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.GZIP_BOMB: 1})
    response = post(provider, chat("hello"))
    assert response.headers["content-encoding"] == "gzip"
    assert len(response.body) < 1_000_000
    inflated, unpacker, packed = 0, zlib.decompressobj(31), response.body
    while packed:
        inflated += len(unpacker.decompress(packed, 1 << 20))
        packed = unpacker.unconsumed_tail
    # At the end, with the check sum right.
    assert unpacker.eof
    assert inflated == 512 * 1024 * 1024


USAGES = {
    Fault.USAGE_MISSING: None,
    Fault.USAGE_ZERO: {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    Fault.USAGE_NEGATIVE: {"prompt_tokens": -3, "completion_tokens": -2, "total_tokens": -5},
    Fault.USAGE_UNDERFLOW: {
        "prompt_tokens": 2**64 - 3,
        "completion_tokens": 2**64 - 2,
        "total_tokens": 2**64 - 5,
    },
    Fault.USAGE_MISTYPED: {"prompt_tokens": "3", "completion_tokens": "2", "total_tokens": "5"},
    Fault.USAGE_HIDDEN: {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    # The cap of 10, a thousand for each token, ten for each character of "Be brief." and "hello".
    Fault.USAGE_ABSURD: {"prompt_tokens": 3, "completion_tokens": 2150, "total_tokens": 2153},
}


@pytest.mark.parametrize(("fault", "said"), USAGES.items())
def test_the_usage_can_lie(
    provider: FakeProvider, fault: Fault, said: dict[str, Any] | None
) -> None:
    provider.start_over(faults={fault: 1})
    response = post(provider, chat("hello", max_tokens=10))
    assert response.content == "cannot tell"
    assert response.json().get("usage") == said
    beyond = fault in (Fault.USAGE_ABSURD, Fault.USAGE_HIDDEN)
    assert provider.stats().prompt_tokens == 3
    assert provider.stats().completion_tokens == (2150 if beyond else 2)
    assert provider.stats().answered == 1


def spoilt(provider: FakeProvider, fault: Fault, **more: Any) -> Response:
    provider.start_over(faults={fault: 1})
    return post(provider, chat("hello", **more))


def test_a_refusal_has_its_field(provider: FakeProvider) -> None:
    message = spoilt(provider, Fault.REFUSAL).choice["message"]
    assert message["content"] is None
    assert message["refusal"].startswith("I'm sorry")
    assert provider.stats().completion_tokens == len(message["refusal"].split())


def test_other_answers_that_are_no_label(provider: FakeProvider) -> None:
    assert spoilt(provider, Fault.REFUSAL_IN_WORDS).content.startswith("I'm sorry")
    assert spoilt(provider, Fault.EMPTY).content == ""
    assert spoilt(provider, Fault.FILTERED).choice["finish_reason"] == "content_filter"
    assert spoilt(provider, Fault.OFF_LIST).content not in LABELS
    foreign = spoilt(provider, Fault.FOREIGN, logprobs=True, top_logprobs=20).choice
    assert not foreign["message"]["content"].isascii()
    first = foreign["logprobs"]["content"][0]
    assert first["token"] == foreign["message"]["content"]


def test_foreign_answers_differ_from_prompt_to_prompt(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.FOREIGN: 1})
    assert len({post(provider, chat(f"hello {n}")).content for n in range(30)}) > 5


def test_a_long_answer_is_cut_off_at_the_cap(provider: FakeProvider) -> None:
    assert len(spoilt(provider, Fault.LONG).content.split()) == 2000
    capped = spoilt(provider, Fault.LONG, max_tokens=7).choice
    assert len(capped["message"]["content"].split()) == 7
    assert capped["finish_reason"] == "length"
    assert provider.stats().completion_tokens == 7


def test_a_huge_answer_is_ten_megabytes_and_charged_as_one_token(provider: FakeProvider) -> None:
    response = spoilt(provider, Fault.HUGE, max_tokens=1)
    assert len(response.content) >= 10_000_000
    assert provider.stats().completion_tokens == 1


@pytest.mark.parametrize("fault", [f for f in Fault if f.kind is not Kind.REPLY])
def test_a_completion_meets_them_too(provider: FakeProvider, fault: Fault) -> None:
    provider.start_over(faults={fault: 1})
    asked = {"model": "m", "prompt": "hello", "logprobs": 2, "max_tokens": 3}
    choice = post(provider, asked, "completions").choice
    assert isinstance(choice["text"], str)
    assert len(choice["logprobs"]["tokens"]) == len(choice["text"].split())


def test_faults_of_different_kinds_meet_in_one_reply(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.USAGE_MISSING: 1, Fault.REFUSAL: 1})
    body = post(provider, chat("hello")).json()
    assert body["choices"][0]["message"]["refusal"]
    assert "usage" not in body
    provider.start_over(faults={Fault.MALFORMED: 1, Fault.USAGE_HIDDEN: 1, Fault.HUGE: 1})
    assert 4_000_000 < len(post(provider, chat("hello")).body) < 6_000_000
    assert provider.stats().completion_tokens > 1000
    assert provider.stats().faults == {"malformed": 1, "usage_hidden": 1, "huge": 1}


def test_what_is_refused_meets_no_other_fault(provider: FakeProvider) -> None:
    provider.start_over(faults={Fault.FAILING: 1, Fault.USAGE_HIDDEN: 1})
    assert post(provider, chat("hello")).status == 500
    assert provider.stats().faults == {"failing": 1}
    assert provider.bill().by_model == {}


def fates(behaviour: Behaviour, texts: list[str]) -> list[tuple[Fault, ...]]:
    dice = Dice(behaviour)
    return [dice.fate(asked(text), 1).faults for text in texts]


def asked(text: str) -> Asked:
    return read_request(json.dumps(chat(text)).encode(), chat=True)


TEXTS = [str(n) for n in range(1000)]


@given(st.integers(0, 2**32))
@settings(max_examples=20)
def test_faults_come_in_their_shares_and_pass_on_another_attempt(seed: int) -> None:
    shares = {Fault.RATE_LIMITED: 0.2, Fault.FAILING: 0.1, Fault.EMPTY: 0.2}
    behaviour = Behaviour(LABELS, seed=seed, faults=shares)
    met = [fault for fate in fates(behaviour, TEXTS) for fault in fate]
    assert 0.13 < met.count(Fault.RATE_LIMITED) / 1000 < 0.27
    assert 0.05 < met.count(Fault.FAILING) / 1000 < 0.15
    assert 0.13 < met.count(Fault.EMPTY) / 1000 < 0.27
    dice = Dice(behaviour)
    attempts = {dice.fate(asked("0"), attempt).faults for attempt in range(1, 100)}
    assert () in attempts
    assert len(attempts) > 2


@pytest.mark.parametrize("pair", list(combinations([Fault.RESET, Fault.HTML, Fault.OVERLOADED], 2)))
def test_shares_that_fill_everything_leave_no_request_in_peace(pair: tuple[Fault, Fault]) -> None:
    behaviour = Behaviour(LABELS, faults={pair[0]: 0.5, pair[1]: 0.5})
    assert set(fates(behaviour, TEXTS)) == {(pair[0],), (pair[1],)}


def test_ten_tenths_are_a_whole() -> None:
    behaviour = Behaviour(LABELS, faults=dict.fromkeys(REPLY[:10], 0.1))
    assert () not in fates(behaviour, [str(n) for n in range(5000)])


def outcome(provider: FakeProvider, text: str) -> object:
    try:
        return post(provider, chat(text)).status
    except (RemoteDisconnected, ConnectionResetError):
        return "reset"


def test_the_order_of_requests_changes_nothing_and_a_retry_something() -> None:
    faults = {Fault.RESET: 0.3, Fault.FAILING: 0.3}
    with FakeProvider(LABELS, seed=5, faults=faults) as provider:
        forwards = [outcome(provider, text) for text in TEXTS[:30]]
        retried = [outcome(provider, text) for text in TEXTS[:30]]
        provider.start_over()
        backwards = [outcome(provider, text) for text in reversed(TEXTS[:30])]
    assert set(forwards) == {200, 500, "reset"}
    assert forwards == backwards[::-1]
    assert forwards != retried


@pytest.mark.parametrize(
    "wrong",
    [
        {Fault.FAILING: 1.5},
        {Fault.HANGING: -0.1},
        {Fault.FAILING: 0.6, Fault.RATE_LIMITED: 0.6},
        {Fault.USAGE_ZERO: float("nan")},
    ],
)
def test_shares_that_are_none_are_told_at_once(wrong: dict[Fault, float]) -> None:
    with pytest.raises(ValueError, match="shares from 0 to 1"):
        FakeProvider(LABELS, faults=wrong)
