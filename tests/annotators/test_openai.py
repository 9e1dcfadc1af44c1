"""The direct path against a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import orjson
import pytest
from openai_server import REVIEW, TASK, ScriptedServer, about, chat, completion, serving, usage

from stepladder.annotators import Annotator, Answer
from stepladder.annotators.openai import OpenAIAnnotator
from stepladder.errors import (
    AnnotatorError,
    CredentialsError,
    MalformedReplyError,
    PromptTooLongError,
    RateLimitedError,
    RejectedError,
    TimedOutError,
    UnavailableError,
    UserError,
)
from stepladder.policy import OpenAISpec
from stepladder.types import Confidence, Labelled, Source, Usage

KEY = "sk-very-secret"


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with serving() as scripted:
        yield scripted


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THEIR_KEY", f" {KEY}\n")


def annotator(base_url: str, *, context: int | None = None, **spec: Any) -> OpenAIAnnotator:
    given = {"kind": "openai", "model": "m", "base_url": base_url, "api_key_env": "THEIR_KEY"}
    parsed = OpenAISpec.model_validate({**given, **spec})
    return OpenAIAnnotator(parsed, TASK, "small", context=context)


async def asked(server: ScriptedServer, text: str | None = None, **spec: Any) -> Answer:
    return await ask(annotator(server.url, **spec), text)


async def ask(model: OpenAIAnnotator, text: str | None = None) -> Answer:
    await model.open()
    try:
        return await model.ask(REVIEW if text is None else about(text))
    finally:
        await model.close()


async def failed(server: ScriptedServer, **spec: Any) -> AnnotatorError:
    with pytest.raises(AnnotatorError) as caught:
        await asked(server, **spec)
    assert KEY not in str(caught.value)
    return caught.value


# What is asked and answered


async def test_one_question_is_one_request_and_one_answer(server: ScriptedServer) -> None:
    top = [{"token": "neg", "logprob": -0.1}, {"token": "pos", "logprob": -2.4}]
    first = {"token": "neg", "logprob": -0.1, "top_logprobs": top}
    server.answers(chat("negative", logprobs={"content": [first]}))
    answer = await asked(server)
    assert answer.outcome == Labelled("negative")
    assert answer.confidence.source is Source.TOKEN_PROBABILITIES
    assert answer.usage == Usage(input=50, output=2)
    assert answer.model == "m-2024-08-06"
    assert len(server.received) == 1
    request = server.last
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"] == "application/json"
    assert "gzip" not in request.headers["accept-encoding"]
    assert request.json["messages"][-1]["content"] == "The soup was cold."


async def test_completions(server: ScriptedServer) -> None:
    logprobs = {"tokens": [" mix"], "top_logprobs": [{" mix": -0.1, " pos": -2.4}]}
    server.answers(completion(" mixed\nReview:", logprobs=logprobs))
    answer = await asked(server, prompt="completion")
    assert answer.outcome == Labelled("mixed")
    assert answer.confidence.by_label["mixed"] > 0.8
    assert server.last.path == "/v1/completions"


async def test_it_is_an_annotator_with_the_models_key_and_bound(server: ScriptedServer) -> None:
    model = annotator(server.url)
    assert isinstance(model, Annotator)
    assert model.name == "small"
    assert model.key(REVIEW) == annotator(server.url + "/").key(REVIEW)
    assert model.key(REVIEW) != annotator("http://127.0.0.1:1/v1").key(REVIEW)
    answer = await ask(model)
    assert answer.usage.tokens <= model.bound(REVIEW).tokens


@pytest.mark.parametrize(
    "said",
    [None, {}, usage(0, 0), usage(-5, 2), usage("50", 2), usage(2**64 - 5, 2**64 - 2)],
)
async def test_a_call_without_believable_usage_is_never_free(
    server: ScriptedServer, said: Any
) -> None:
    server.answers({**chat(), "usage": said})
    answer = await asked(server)
    assert answer.usage == annotator(server.url).bound(REVIEW)


@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 226, 299])
async def test_every_success_is_an_answer(server: ScriptedServer, status: int) -> None:
    server.answers(chat("negative"), status)
    answer = await asked(server)
    assert answer.outcome == Labelled("negative")
    assert answer.usage == Usage(input=50, output=2)


async def test_a_server_without_keys_gets_none(server: ScriptedServer) -> None:
    await asked(server, api_key_env="")
    assert "authorization" not in server.last.headers


async def test_one_connection_serves_many_requests(server: ScriptedServer) -> None:
    model = annotator(server.url, concurrency=4)
    await model.open()
    await asyncio.gather(*(model.ask(about(f"soup {n}")) for n in range(20)))
    await model.close()
    texts = {request.json["messages"][-1]["content"] for request in server.received}
    assert texts == {f"soup {n}" for n in range(20)}


async def test_a_text_of_over_a_megabyte_is_sent_whole(server: ScriptedServer) -> None:
    await asked(server, "soup " * 300_000)
    assert len(server.last.json["messages"][-1]["content"]) == 1_500_000


async def test_the_proxy_of_the_environment_is_not_for_this_machine(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    await asked(server)
    assert len(server.received) == 1


async def test_the_proxy_of_the_environment_is_used(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url.removesuffix("/v1"))
    await ask(annotator("http://models.example/v1"))
    assert server.last.path == "http://models.example/v1/chat/completions"


async def test_the_password_of_a_proxy_that_refuses_is_not_shown(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.raw = b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"
    proxy = server.url.removesuffix("/v1").replace("//", "//me:s3cret@")
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(UnavailableError, match="the proxy answered 407") as caught:
        await ask(annotator("https://models.example/v1"))
    assert caught.value.free
    assert "s3cret" not in str(caught.value)


# Before anything is sent


@pytest.mark.parametrize("value", ["", "  ", None])
async def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv("THEIR_KEY")
    else:
        monkeypatch.setenv("THEIR_KEY", value)
    with pytest.raises(UserError, match=r"annotators\.small: environment variable THEIR_KEY"):
        await annotator("http://127.0.0.1:1/v1").open()


async def test_a_key_that_no_header_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THEIR_KEY", "sk-ä\nb")
    with pytest.raises(UserError, match="THEIR_KEY") as caught:
        await annotator("http://127.0.0.1:1/v1").open()
    assert "sk-" not in str(caught.value)


async def test_a_prompt_too_long_is_never_sent(server: ScriptedServer) -> None:
    with pytest.raises(PromptTooLongError) as caught:
        await ask(annotator(server.url, context=8192), "soup " * 40_000)
    assert (caught.value.free, caught.value.heard) == (True, False)
    assert server.received == []


async def test_asking_takes_an_open_annotator(server: ScriptedServer) -> None:
    model = annotator(server.url)
    with pytest.raises(RuntimeError, match="'small' is not open"):
        await model.ask(REVIEW)
    await model.open()
    await model.open()
    await model.close()
    await model.close()
    assert (await ask(model)).outcome == Labelled("negative")


# What goes wrong


async def test_rate_limits_come_with_the_time_to_wait(server: ScriptedServer) -> None:
    server.answers({"error": {"message": "slow down"}}, 429, Retry_After="7")
    error = await failed(server)
    assert isinstance(error, RateLimitedError)
    assert (error.retry_after, error.free, error.retryable) == (7.0, True, True)


async def test_a_wrong_key_halts_and_is_not_shown(server: ScriptedServer) -> None:
    server.answers({"error": {"message": f"Incorrect API key provided: {KEY}"}}, 401)
    error = await failed(server)
    assert isinstance(error, CredentialsError)
    assert error.halts
    assert "THEIR_KEY" in str(error)


async def test_other_failures_of_the_provider(server: ScriptedServer) -> None:
    server.answers({"error": {"message": "bad gateway"}}, 502)
    error = await failed(server)
    assert isinstance(error, UnavailableError)
    assert error.heard
    server.answers({"error": {"message": "overloaded"}}, 529)
    assert isinstance(await failed(server), RateLimitedError)
    server.answers({"error": {"code": "context_length_exceeded", "message": "x"}}, 400)
    assert isinstance(await failed(server), PromptTooLongError)
    server.answers({"error": {"message": "no such parameter"}}, 400)
    assert isinstance(await failed(server), RejectedError)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
async def test_a_redirect_is_not_followed_with_the_key(server: ScriptedServer, status: int) -> None:
    server.status, server.body = status, b""
    server.headers = {"Location": f"{server.url}/elsewhere"}
    error = await failed(server)
    assert isinstance(error, RejectedError)
    assert error.free
    assert len(server.received) == 1


async def test_nobody_there_costs_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(UnavailableError, match="cannot connect") as caught:
        await ask(annotator(f"http://127.0.0.1:{port}/v1"))
    assert (caught.value.free, caught.value.heard) == (True, False)


async def test_no_answer_in_time_may_have_been_billed(server: ScriptedServer) -> None:
    server.delay = 5
    error = await failed(server, timeout=Decimal("0.2"))
    assert isinstance(error, TimedOutError)
    assert (error.free, error.billed, error.heard) == (False, None, False)
    assert "0.2 seconds" in str(error)


@pytest.mark.parametrize(
    "raw",
    [b"", b"HTTP/1.1 200 OK\r\nConte", b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"choi'],
)
async def test_a_connection_that_breaks_may_have_been_billed(
    server: ScriptedServer, raw: bytes
) -> None:
    server.raw = raw
    error = await failed(server)
    assert isinstance(error, UnavailableError)
    assert (error.free, error.heard) == (False, False)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>It works!</html>"),
        (200, b""),
        (200, b"{}"),
        (200, gzip.compress(b"{}" * 99, mtime=0)),
        (201, b"<html>Created</html>"),
        (202, b'{"status":"queued"}'),
        (204, b""),
        (206, b'{"choices":[{"mess'),
    ],
)
async def test_a_reply_that_is_none(server: ScriptedServer, status: int, body: bytes) -> None:
    server.status, server.body = status, body
    error = await failed(server)
    assert isinstance(error, MalformedReplyError)
    assert (error.free, error.billed) == (False, None)


async def test_a_packed_reply_is_not_unpacked(server: ScriptedServer) -> None:
    server.answers(chat())
    server.body = gzip.compress(orjson.dumps(chat()))
    server.headers = {"Content-Encoding": "gzip"}
    assert isinstance(await failed(server), MalformedReplyError)


async def test_something_that_does_not_speak_http(server: ScriptedServer) -> None:
    server.raw = b"220 mail.example ESMTP\r\n\r\n"
    assert isinstance(await failed(server), MalformedReplyError)


async def test_a_reply_without_end_is_not_read_to_its_end(server: ScriptedServer) -> None:
    server.body = b"x" * 1_000_001
    assert isinstance(await failed(server), MalformedReplyError)
    # Announced as far longer than what comes before the connection hangs.
    server.raw = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + b"x" * 1_100_000
    assert "1,000,000 bytes" in str(await failed(server))


async def test_a_failure_with_a_huge_page_is_still_that_failure(server: ScriptedServer) -> None:
    server.status, server.body = 502, b"<html>" + b"x" * 900_000
    error = await failed(server)
    assert isinstance(error, UnavailableError)
    assert len(str(error)) < 600


@pytest.mark.parametrize("prompt", ["chat", "completion"])
async def test_stated_confidence_is_asked_for_and_read(server: ScriptedServer, prompt: str) -> None:
    said = chat("negative, 85 %") if prompt == "chat" else completion(" negative, 85 %")
    server.answers(said)
    answer = await asked(server, prompt=prompt, confidence="stated")
    assert answer.outcome == Labelled("negative")
    assert answer.confidence == Confidence(Source.STATED, {"negative": 0.85})
    request = server.last.json
    shown = request["messages"][0]["content"] if prompt == "chat" else request["prompt"]
    assert "a comma, and how sure you are that it is right, from 0 to 100." in shown
    assert "positive, 95" in str(request)
    assert request["max_tokens"] > len("negative, 100 %")
    assert "logprobs" not in request
