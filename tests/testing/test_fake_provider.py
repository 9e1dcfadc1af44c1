from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from math import exp
from typing import Any
from urllib.parse import urlsplit

import pytest
from asking import LABELS, answer, chat, post
from hypothesis import given
from hypothesis import strategies as st

from stepladder.testing import FakeProvider
from stepladder.testing.protocol import read_request


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(
        LABELS, seed=3, script={"sky": "yes", "sea": "no", "odd": "I think so"}
    ) as it:
        yield it


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
    assert forwards != [answer(provider, {**chat(text), "model": "n"}) for text in texts]
    assert forwards != [answer(provider, chat(text, seed=7)) for text in texts]
    with FakeProvider(LABELS, seed=3) as same, FakeProvider(LABELS, seed=4) as other:
        assert forwards == [answer(same, chat(text)) for text in texts]
        assert forwards != [answer(other, chat(text)) for text in texts]


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
    everything = post(provider, chat("sky", logprobs=True, top_logprobs=20)).choice
    listed = everything["logprobs"]["content"][0]["top_logprobs"]
    assert {top["token"] for top in listed} == {"yes", "no", "cannot"}
    assert sum(exp(top["logprob"]) for top in listed) == pytest.approx(1)


def test_no_token_probabilities_unless_they_are_asked_for(provider: FakeProvider) -> None:
    assert "logprobs" not in post(provider, chat("sky")).choice


def test_the_reply_is_a_completion(provider: FakeProvider) -> None:
    prompt = "Sentence: the sky\nLabel:"
    body = post(provider, {"model": "m", "prompt": prompt, "logprobs": 3}, "completions").json()
    choice = body["choices"][0]
    assert choice["text"] == " yes"
    assert choice["logprobs"]["tokens"] == [" yes"]
    assert set(choice["logprobs"]["top_logprobs"][0]) == {" yes", " no", " cannot"}
    assert body["usage"]["prompt_tokens"] == 4


def test_a_content_in_parts_is_their_text(provider: FakeProvider) -> None:
    parts = [{"type": "text", "text": "the "}, {"type": "text", "text": "sky"}]
    body = {"model": "m", "messages": [{"role": "user", "content": parts}]}
    assert answer(provider, body) == "yes"


def test_an_answer_ends_at_the_cap(provider: FakeProvider) -> None:
    body = post(provider, chat("odd", max_tokens=2)).json()
    assert body["choices"][0]["message"]["content"] == "I think"
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"model": "m"},
        {"model": "m", "messages": [{"role": "user"}]},
        chat("sky", n=2),
        chat("sky", stream=True),
    ],
)
def test_what_it_does_not_speak_is_a_400_and_costs_nothing(
    provider: FakeProvider, body: object
) -> None:
    before = provider.stats()
    assert post(provider, body).status == 400
    assert post(provider, {}, "embeddings").status == 404
    assert provider.stats() == before


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=3))
def test_a_prompt_s_tokens_are_never_more_than_its_bytes(texts: list[str]) -> None:
    messages = [{"role": "user", "content": text} for text in texts]
    body = json.dumps({"model": "m", "messages": messages}).encode()
    asked = read_request(body, chat=True)
    assert asked.prompt_tokens == sum(len(text.split()) for text in texts)
    assert asked.prompt_tokens <= sum(len(text.encode()) for text in texts)


def test_prompt_tokens_count_every_message_once(provider: FakeProvider) -> None:
    after = chat("one two three")
    after["messages"].append({"role": "assistant", "content": "one two three"})
    usage = post(provider, after).json()["usage"]
    assert usage["prompt_tokens"] == 2 + 3 + 3


def raw(provider: FakeProvider, data: bytes, *, ends: bytes) -> bytes:
    """What comes back, up to something."""
    url = urlsplit(provider.base_url)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=5) as client:
        client.sendall(data)
        came = b""
        while ends not in came:
            more = client.recv(65536)
            assert more, came
            came += more
        return came


def test_it_reads_http_in_pieces_and_in_a_row(provider: FakeProvider) -> None:
    body = json.dumps(chat("sky")).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHOST: x\r\ncontent-LENGTH:%d\r\n\r\n" % len(body)
    url = urlsplit(provider.base_url)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=5) as client:
        for piece in (head[:30], head[30:] + body[:5], body[5:] + head, body):
            client.sendall(piece)
            time.sleep(0.05)
        came = b""
        while came.count(b"chat.completion") < 2:
            more = client.recv(65536)
            assert more
            came += more
    assert came.count(b"HTTP/1.1 200 OK") == 2


def test_a_client_that_waits_for_leave_gets_it(provider: FakeProvider) -> None:
    head = b"POST /v1/completions HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
    assert raw(provider, head, ends=b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"POST /v1/completions HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST /v1/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_what_is_no_http_is_told_and_dropped(provider: FakeProvider, data: bytes) -> None:
    assert raw(provider, data, ends=b"}}").startswith(b"HTTP/1.1 400 ")


def test_connection_close_closes(provider: FakeProvider) -> None:
    url = urlsplit(provider.base_url)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=5) as client:
        client.sendall(b"GET /stats HTTP/1.1\r\nConnection: close\r\n\r\n")
        came = b"".join(iter(lambda: client.recv(65536), b""))
    assert json.loads(came.partition(b"\r\n\r\n")[2])["requests"] == provider.stats().requests


def test_a_prompt_of_megabytes_is_read(provider: FakeProvider) -> None:
    assert answer(provider, chat("word " * 1_000_000 + "sky")) == "yes"


def test_latency_holds_up_each_request_and_not_the_others() -> None:
    with FakeProvider(LABELS, latency=0.3) as provider:
        started = time.monotonic()
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda n: post(provider, chat(f"{n}")), range(8)))
        assert 0.3 <= time.monotonic() - started < 1.5
        assert provider.stats().at_once == 8


def test_starting_over_forgets_everything_but_the_address(provider: FakeProvider) -> None:
    with FakeProvider(["yes"], latency=30, keep_purchases=True) as slow:
        url = urlsplit(slow.base_url)
        waiting = HTTPConnection(url.netloc, timeout=5)
        waiting.request("POST", f"{url.path}/chat/completions", json.dumps(chat("hello")))
        while slow.stats().requests == 0:
            time.sleep(0.01)
        slow.start_over(labels=("no",), latency=0.0)
        with pytest.raises(ConnectionError):
            waiting.getresponse()
        waiting.close()
        assert slow.stats().requests == slow.stats().at_once == 0
        assert slow.bill().by_model == {}
        assert answer(slow, chat("hello")) == "no"
        assert slow.stats().requests == slow.stats().at_once == 1
        with pytest.raises(ValueError, match="labels"):
            slow.start_over(labels=())
        assert answer(slow, chat("hello")) == "no"


def test_a_port_that_is_taken_is_told(
    provider: FakeProvider, capfd: pytest.CaptureFixture[str]
) -> None:
    taken = urlsplit(provider.base_url).port
    assert taken is not None
    with pytest.raises(RuntimeError, match="see its stderr"):
        FakeProvider(LABELS, port=taken).start()
    assert capfd.readouterr().err == f"port {taken}: Address already in use\n"


def test_before_its_start_there_is_nobody_to_ask() -> None:
    with pytest.raises(OSError, match="not started"):
        FakeProvider(LABELS).stats()


PARENT = """
    import os, time
    from stepladder.testing import FakeProvider
    provider = FakeProvider(["yes"])
    provider.start()
    {}
    os.write(1, (provider.base_url + chr(10)).encode())
    time.sleep(60)
"""


@pytest.mark.parametrize("also", ["", "os.fork()"], ids=["alone", "with a child"])
def test_it_ends_with_the_process_that_started_it(also: str) -> None:
    parent = textwrap.dedent(PARENT.format(also))
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        url = urlsplit(process.stdout.readline().decode().strip())
        assert listens(url.port)
        os.kill(process.pid, signal.SIGKILL)
        try:
            assert gone(url.port)
        finally:
            # The forked child, if there is one.
            os.killpg(process.pid, signal.SIGKILL)


def listens(port: int | None) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port or 0), timeout=5).close()
    except OSError:
        return False
    return True


def gone(port: int | None) -> bool:
    for _ in range(100):
        if not listens(port):
            return True
        time.sleep(0.05)
    return False


def test_by_hand_it_takes_json_and_ends_by_a_signal() -> None:
    behaviour = {
        "labels": ["yes"],
        "faults": {"usage_zero": 1.0},
        "latency": {"median": 0.01, "sigma": 0.5},
        "limits": {"requests_per_minute": 2},
    }
    module = [sys.executable, "-m", "stepladder.testing.fake_provider"]
    with subprocess.Popen(
        [*module, "--behaviour", json.dumps(behaviour)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        url = urlsplit(process.stdout.readline().decode().strip())
        connection = HTTPConnection(url.netloc, timeout=5)
        statuses, usage = [], []
        for _ in range(3):
            connection.request("POST", f"{url.path}/chat/completions", json.dumps(chat("hello")))
            response = connection.getresponse()
            statuses.append(response.status)
            usage.append(json.loads(response.read()).get("usage"))
        connection.close()
        assert statuses == [200, 200, 429]
        assert usage[0] == {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('{"labels": ["yes"], "faluts": {}}', "faluts"),
        ('{"labels": ["yes"], "faults": {"sleepy": 1}}', "sleepy"),
        ('{"labels": ["yes"], "limits": {"requests_per_minut": 1}}', "requests_per_minut"),
        ('{"labels": []}', "labels: at least one"),
        ("[", "JSON"),
    ],
)
def test_a_behaviour_that_is_none_is_told(wrong: str, said: str) -> None:
    module = [sys.executable, "-m", "stepladder.testing.fake_provider"]
    done = subprocess.run(
        [*module, "--behaviour", wrong], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"latency": -1}, "latency"),
        ({"cached": 1.5}, "cached"),
        ({"reasoning": -1}, "reasoning"),
        ({"labels": []}, "labels"),
    ],
)
def test_arguments_that_cannot_be_are_told_at_once(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FakeProvider(**{"labels": LABELS, **wrong})
