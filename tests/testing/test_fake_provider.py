from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, IncompleteRead
from math import exp
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.testing import Behaviour, Billing, FakeProvider
from stepladder.testing.protocol import read_request

LABELS = ("yes", "no", "cannot tell")


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(
        LABELS, seed=3, script={"sky": "yes", "sea": "no", "odd": "I think so"}
    ) as it:
        yield it


def chat(text: str, **more: Any) -> dict[str, Any]:
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]
    return {"model": "m", "messages": turns, **more}


@dataclass
class Response:
    status: int
    retry_after: str | None
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def post(
    provider: FakeProvider, body: object, path: str = "chat/completions", timeout: float = 5
) -> Response:
    url = urlsplit(f"{provider.base_url}/{path}")
    with closing(HTTPConnection(url.netloc, timeout=timeout)) as connection:
        connection.request("POST", url.path, json.dumps(body))
        response = connection.getresponse()
        return Response(response.status, response.headers["Retry-After"], response.read())


def answer(provider: FakeProvider, body: object) -> str:
    content = post(provider, body).json()["choices"][0]["message"]["content"]
    assert isinstance(content, str)
    return content


def test_the_script_answers_by_the_last_substring_of_the_last_user_message(
    provider: FakeProvider,
) -> None:
    assert answer(provider, chat("Is the sky blue?")) == "yes"
    assert answer(provider, chat("the sea under the sky")) == "yes"
    assert answer(provider, chat("the sky over the sea")) == "no"
    few_shot = chat("Something else entirely")
    few_shot["messages"].insert(1, {"role": "user", "content": "odd"})
    assert answer(provider, few_shot) in LABELS


def test_other_answers_come_from_the_seed_and_not_from_the_order(provider: FakeProvider) -> None:
    texts = [f"text {n}" for n in range(30)]
    forwards = [answer(provider, chat(text)) for text in texts]
    backwards = [answer(provider, chat(text)) for text in reversed(texts)]
    assert forwards == backwards[::-1]
    assert set(forwards) == set(LABELS)

    behaviour = Behaviour(LABELS, seed=3)
    assert forwards == [behaviour.answer("m", text).answer for text in texts]
    assert forwards != [Behaviour(LABELS, seed=4).answer("m", text).answer for text in texts]
    assert forwards != [behaviour.answer("n", text).answer for text in texts]


def test_the_reply_is_a_chat_completion(provider: FakeProvider) -> None:
    body = post(provider, chat("sky", logprobs=True, top_logprobs=2, max_tokens=5)).json()
    choice = body["choices"][0]

    assert body["object"] == "chat.completion"
    assert body["model"] == "m"
    assert choice["message"] == {"role": "assistant", "content": "yes"}
    assert choice["finish_reason"] == "stop"
    assert body["usage"] == {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    (token,) = choice["logprobs"]["content"]
    assert token["token"] == "yes"
    assert 0.5 <= exp(token["logprob"]) < 1
    assert [top["token"] for top in token["top_logprobs"]] == ["yes", "no"]
    everything = post(provider, chat("sky", logprobs=True, top_logprobs=20)).json()
    listed = everything["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    assert {top["token"] for top in listed} == {"yes", "no", "cannot"}
    assert sum(exp(top["logprob"]) for top in listed) == pytest.approx(1)


def test_no_token_probabilities_unless_they_are_asked_for(provider: FakeProvider) -> None:
    assert "logprobs" not in post(provider, chat("sky")).json()["choices"][0]


def test_the_reply_is_a_completion(provider: FakeProvider) -> None:
    prompt = "Sentence: the sky\nLabel:"
    body = post(provider, {"model": "m", "prompt": prompt, "logprobs": 3}, "completions").json()
    choice = body["choices"][0]
    assert choice["text"] == " yes"
    assert choice["logprobs"]["tokens"] == [" yes"]
    assert set(choice["logprobs"]["top_logprobs"][0]) == {" yes", " no", " cannot"}
    assert body["usage"]["prompt_tokens"] == 4


def test_an_answer_ends_at_the_cap(provider: FakeProvider) -> None:
    body = post(provider, chat("odd", max_tokens=2)).json()
    assert body["choices"][0]["message"]["content"] == "I think"
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize(
    "body", [[], {}, {"model": "m"}, chat("sky", n=2), chat("sky", stream=True)]
)
def test_what_it_does_not_speak_is_a_400_and_costs_nothing(
    provider: FakeProvider, body: object
) -> None:
    before = provider.stats()
    assert post(provider, body).status == 400
    assert post(provider, {}, "embeddings").status == 404
    assert provider.stats() == before


def test_it_counts_what_it_charged() -> None:
    with FakeProvider(LABELS, script={"": "cannot tell"}) as provider:
        for text in ("one", "two words"):
            post(provider, chat(text))
        stats = provider.stats()
    assert stats.requests == stats.answered == 2
    assert stats.prompt_tokens == (2 + 1) + (2 + 2)
    assert stats.completion_tokens == 4


@given(st.lists(st.text(max_size=30), min_size=1, max_size=3))
def test_a_prompt_s_tokens_are_never_more_than_its_bytes(texts: list[str]) -> None:
    messages = [{"role": "user", "content": text} for text in texts]
    asked = read_request({"model": "m", "messages": messages}, chat=True)
    assert asked.prompt_tokens <= sum(len(t.encode("utf-8", "surrogatepass")) for t in texts)


@pytest.mark.parametrize(
    ("billing", "reported", "charged"),
    [(Billing.MISSING, None, 1), (Billing.ZERO, 0, 1), (Billing.ABSURD, 1010, 1010)],
)
def test_the_usage_can_lie(billing: Billing, reported: int | None, charged: int) -> None:
    with FakeProvider(["yes"], billing=billing) as provider:
        usage = post(provider, chat("hello", max_tokens=10)).json().get("usage")
        assert (usage and usage["completion_tokens"]) == reported
        assert provider.stats().completion_tokens == charged


def test_refusals_are_free_and_say_when_to_come_back() -> None:
    with FakeProvider(LABELS, rate_limited=1, retry_after=2.5) as provider:
        response = post(provider, chat("hello"))
        assert (response.status, response.retry_after) == (429, "2.5")
        assert provider.stats().requests == 1
        assert provider.stats().prompt_tokens == provider.stats().answered == 0
    with FakeProvider(LABELS, rate_limited=1) as provider:
        assert post(provider, chat("hello")).retry_after is None
    with FakeProvider(LABELS, failing=1) as provider:
        assert post(provider, chat("hello")).status == 500
        assert provider.stats().prompt_tokens == 0


def test_broken_replies_are_charged() -> None:
    with FakeProvider(LABELS, malformed=1) as provider:
        response = post(provider, chat("hello"))
        assert response.status == 200
        with pytest.raises(ValueError, match=r"."):
            response.json()
        assert provider.stats().prompt_tokens == 3
        assert provider.stats().answered == 0
    with FakeProvider(LABELS, truncated=1) as provider:
        with pytest.raises(IncompleteRead):
            post(provider, chat("hello"))
        assert provider.stats().prompt_tokens == 3


def test_a_hanging_request_is_charged_and_keeps_nobody_from_stopping() -> None:
    with FakeProvider(LABELS, hanging=1) as provider:
        with pytest.raises(TimeoutError):
            post(provider, chat("hello"), timeout=0.3)
        assert provider.stats().prompt_tokens == 3
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 5


def test_latency_holds_up_each_request_and_not_the_others() -> None:
    with FakeProvider(LABELS, latency=0.3) as provider:
        started = time.monotonic()
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda n: post(provider, chat(f"{n}")), range(8)))
        assert 0.3 <= time.monotonic() - started < 1.5
        assert provider.stats().at_once == 8


@given(st.integers(0, 2**32))
def test_faults_come_in_their_shares_and_pass_on_another_attempt(seed: int) -> None:
    behaviour = Behaviour(LABELS, seed=seed, rate_limited=0.2, failing=0.1)
    faults = [behaviour.fault("m", str(n), 1) for n in range(1000)]
    assert 0.13 < faults.count("rate_limited") / 1000 < 0.27  # type: ignore[arg-type]
    assert 0.05 < faults.count("failing") / 1000 < 0.15  # type: ignore[arg-type]
    assert any(behaviour.fault("m", "0", attempt) is None for attempt in range(1, 40))


@pytest.mark.parametrize(
    "wrong",
    [{"failing": 1.5}, {"hanging": -0.1}, {"failing": 0.6, "rate_limited": 0.6}, {"latency": -1}],
)
def test_shares_that_are_none_are_told_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"shares|latency"):
        FakeProvider(LABELS, **wrong)


def test_it_needs_a_label() -> None:
    with pytest.raises(ValueError, match="labels"):
        FakeProvider([])


def test_a_port_that_is_taken_is_told(provider: FakeProvider) -> None:
    taken = urlsplit(provider.base_url).port
    assert taken is not None
    with pytest.raises(RuntimeError, match="see its stderr"):
        FakeProvider(LABELS, port=taken).start()


def test_it_ends_with_the_process_that_started_it() -> None:
    parent = textwrap.dedent("""
        import os, time
        from stepladder.testing import FakeProvider
        provider = FakeProvider(["yes"])
        provider.start()
        print(provider.base_url, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        provider = FakeProvider(["yes"])
        provider.base_url = process.stdout.readline().decode().strip()
        assert provider.stats().requests == 0
        os.kill(process.pid, signal.SIGKILL)
        assert gone(provider)


def gone(provider: FakeProvider) -> bool:
    for _ in range(100):
        try:
            provider.stats()
        except OSError:
            return True
        time.sleep(0.05)
    return False
