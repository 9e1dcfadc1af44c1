"""litellm itself, against a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from openai_server import REVIEW, TASK, ScriptedServer, about, chat, completion, serving, usage

import stepladder
from stepladder.annotators import Annotator, Answer
from stepladder.annotators.through_litellm import LitellmAnnotator
from stepladder.errors import (
    AnnotatorError,
    CredentialsError,
    MissingExtraError,
    PolicyError,
    PromptTooLongError,
    RateLimitedError,
    RejectedError,
    TimedOutError,
    UnavailableError,
    UserError,
)
from stepladder.policy import LitellmSpec
from stepladder.types import Confidence, Draw, Labelled, Reason, Source, Unlabelled, Usage

KEY = "sk-very-secret"

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # litellm's own, at import and in every call
    pytest.mark.skipif(find_spec("litellm") is None, reason="litellm is not installed"),
]


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with serving() as scripted:
        yield scripted


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """litellm keeps its connections for the whole process; the loops they belong to are closed.

    They go here, where its warnings are ignored, and not in the middle of another test.
    """
    yield
    litellm = sys.modules.get("litellm")
    if litellm is not None:
        litellm.in_memory_llm_clients_cache.flush_cache()
    gc.collect()


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("THEIR_KEY", KEY)


def annotator(base_url: str | None, *, context: int | None = None, **spec: Any) -> LitellmAnnotator:
    given = {"kind": "litellm", "model": "openai/m", "api_base": base_url}
    parsed = LitellmSpec.model_validate({**given, "api_key_env": "THEIR_KEY", **spec})
    return LitellmAnnotator(parsed, TASK, "wide", context=context)


async def ask(model: LitellmAnnotator, text: str | None = None, sample: int = 0) -> Answer:
    await model.open()
    try:
        return await model.ask(REVIEW if text is None else about(text), Draw(sample=sample))
    finally:
        await model.close()


async def failed(server: ScriptedServer, **spec: Any) -> AnnotatorError:
    with pytest.raises(AnnotatorError) as caught:
        await ask(annotator(server.url, **spec))
    assert KEY not in str(caught.value)
    return caught.value


async def test_one_question_is_one_request_and_one_answer(server: ScriptedServer) -> None:
    top = [{"token": "neg", "logprob": -0.1}, {"token": "pos", "logprob": -2.4}]
    first = {"token": "neg", "logprob": -0.1, "top_logprobs": top}
    details = {"prompt_tokens_details": {"cached_tokens": 30}}
    reasoned = {"completion_tokens_details": {"reasoning_tokens": 5}}
    reply = chat("negative", logprobs={"content": [first]})
    server.answers({**reply, "usage": usage(50, 7, **details, **reasoned)})
    model = annotator(server.url)
    assert isinstance(model, Annotator)
    answer = await ask(model)
    assert answer.outcome == Labelled("negative")
    assert answer.confidence.source is Source.TOKEN_PROBABILITIES
    assert answer.usage == Usage(input=20, cached_input=30, output=2, reasoning=5)
    assert answer.model == "m-2024-08-06"
    assert len(server.received) == 1
    sent = server.last
    assert sent.path == "/v1/chat/completions"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.json["messages"][-1] == {"role": "user", "content": "The soup was cold."}
    assert sent.json["max_tokens"] == model.bound(REVIEW).output
    assert sent.json["temperature"] == 0
    assert sent.json["top_logprobs"] == 20
    assert "seed" not in sent.json


async def test_completions(server: ScriptedServer) -> None:
    logprobs = {
        "tokens": [" mix"],
        "token_logprobs": [-0.1],
        "top_logprobs": [{" mix": -0.1, " pos": -2.4}],
        "text_offset": [0],
    }
    server.answers(completion(" mixed\nReview:", logprobs=logprobs))
    answer = await ask(annotator(server.url, prompt="completion"))
    assert answer.outcome == Labelled("mixed")
    assert answer.confidence.by_label["mixed"] > 0.8
    assert server.last.path == "/v1/completions"
    assert server.last.json["stop"] == ["\n"]


async def test_what_a_provider_cannot_do_is_not_asked_of_it(server: ScriptedServer) -> None:
    """Anthropic knows no token probabilities and no seed."""
    server.answers(
        {
            "id": "1",
            "type": "message",
            "role": "assistant",
            "model": "claude-3-haiku-20240307",
            "content": [{"type": "text", "text": "mixed"}],
            "stop_reason": "end_turn",
            "usage": {
                "input_tokens": 20,
                "output_tokens": 2,
                "cache_read_input_tokens": 100,
                "cache_creation_input_tokens": 30,
            },
        }
    )
    model = annotator(server.url, model="anthropic/claude-3-haiku-20240307")
    answer = await ask(model, sample=2)
    assert answer.outcome == Labelled("mixed")
    assert answer.usage == Usage(input=20, cached_input=100, cache_write=30, output=2)
    assert not {"logprobs", "top_logprobs", "seed"} & server.last.json.keys()


async def test_a_sample_has_its_seed(server: ScriptedServer) -> None:
    await ask(annotator(server.url, temperature=Decimal("0.7")), sample=3)
    assert server.last.json["seed"] == 3
    assert server.last.json["temperature"] == 0.7


async def test_a_refusal_is_no_label(server: ScriptedServer) -> None:
    reply = chat(None)
    reply["choices"][0]["message"]["refusal"] = "I cannot help with that."
    server.answers(reply)
    outcome = (await ask(annotator(server.url))).outcome
    assert outcome == Unlabelled(Reason.REFUSED, "I cannot help with that.")


async def test_a_zero_is_not_believed(server: ScriptedServer) -> None:
    server.answers({**chat(), "usage": usage(0, 0)})
    model = annotator(server.url)
    assert (await ask(model)).usage == model.bound(REVIEW)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (401, {"message": f"bad key {KEY}"}, CredentialsError),
        (429, {"message": "slow down"}, RateLimitedError),
        (404, {"message": "no such model"}, RejectedError),
        (400, {"message": "maximum context length is 8192 tokens"}, PromptTooLongError),
        (400, {"message": "no such parameter"}, RejectedError),
        (500, {"message": "oh"}, UnavailableError),
        (503, {"message": "oh"}, UnavailableError),
    ],
)
async def test_each_failure_is_one_attempt_and_free(
    server: ScriptedServer, status: int, error: dict[str, str], kind: type[AnnotatorError]
) -> None:
    server.answers({"error": error}, status, Retry_After="7")
    problem = await failed(server)
    assert (type(problem), problem.free) == (kind, True)
    assert len(server.received) == 1
    if status == 429:
        assert problem.retry_after == 7.0


async def test_no_answer_in_time_may_have_been_billed(server: ScriptedServer) -> None:
    server.delay = 5
    problem = await failed(server, timeout=Decimal("0.3"))
    assert isinstance(problem, TimedOutError)
    assert not problem.free


async def test_a_connection_that_breaks_may_have_been_billed(server: ScriptedServer) -> None:
    server.raw = b""
    problem = await failed(server)
    assert isinstance(problem, UnavailableError)
    assert not problem.free
    assert len(server.received) == 1


async def test_a_prompt_too_long_is_never_sent(server: ScriptedServer) -> None:
    with pytest.raises(PromptTooLongError):
        await ask(annotator(server.url, context=8192), "soup " * 40_000)
    assert server.received == []


async def test_many_at_once(server: ScriptedServer) -> None:
    model = annotator(server.url)
    await model.open()
    answers = await asyncio.gather(*(model.ask(about(f"soup {n}")) for n in range(8)))
    await model.close()
    assert {answer.outcome for answer in answers} == {Labelled("negative")}


def test_one_loop_after_another() -> None:
    """litellm keeps its clients for the whole process, and they belong to a loop."""

    async def once() -> Answer:
        async with serving() as server:
            return await ask(annotator(server.url))

    for _ in range(2):
        assert asyncio.run(once()).outcome == Labelled("negative")


async def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THEIR_KEY")
    with pytest.raises(UserError, match=r"annotators\.wide: .*THEIR_KEY"):
        await annotator(None).open()
    with pytest.raises(UserError, match=r"annotators\.wide: .*OPENAI_API_KEY"):
        await annotator(None, api_key_env=None).open()


async def test_a_cloud_may_find_its_credentials_elsewhere() -> None:
    model = annotator(
        None, model="bedrock/anthropic.claude-3-haiku-20240307-v1:0", api_key_env=None
    )
    await model.open()
    await model.close()


async def test_a_server_without_keys(server: ScriptedServer) -> None:
    await ask(annotator(server.url, api_key_env=""))
    assert KEY not in server.last.headers["authorization"]


async def test_a_model_of_no_provider_is_named() -> None:
    with pytest.raises(PolicyError, match=r"annotators\.wide: .*'nope/m'; write provider/model"):
        await annotator(None, model="nope/m").open()


async def test_without_litellm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "litellm", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'stepladder\[litellm\]'"):
        await annotator(None).open()


def test_keys_tell_models_and_addresses_apart() -> None:
    keys = {
        annotator(None).key(REVIEW),
        annotator("http://127.0.0.1:1").key(REVIEW),
        annotator(None, model="openai/n").key(REVIEW),
    }
    assert len(keys) == 3
    slash = annotator("http://127.0.0.1:1/")
    assert slash.key(REVIEW) == annotator("http://127.0.0.1:1").key(REVIEW)


QUIET = """
import asyncio, sys
sys.path.insert(0, {tests!r})
from test_through_litellm import UnavailableError, annotator, ask, serving

async def main():
    assert "litellm" not in sys.modules
    async with serving() as server:
        await ask(annotator(server.url))
        server.raw = b""
        try:
            await ask(annotator(server.url))
        except UnavailableError:
            print("done")

asyncio.run(main())
"""


def test_it_is_imported_late_and_says_nothing_on_the_terminal() -> None:
    script = QUIET.format(tests=str(Path(__file__).parent))
    source = str(Path(stepladder.__path__[0]).parent)
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == ("done\n", "", 0)


@pytest.mark.parametrize("prompt", ["chat", "completion"])
async def test_stated_confidence_is_asked_for_and_read(server: ScriptedServer, prompt: str) -> None:
    said = chat("negative, 85 %") if prompt == "chat" else completion(" negative, 85 %")
    server.answers(said)
    answer = await ask(annotator(server.url, prompt=prompt, confidence="stated"))
    assert answer.outcome == Labelled("negative")
    assert answer.confidence == Confidence(Source.STATED, {"negative": 0.85})
    request = server.last.json
    shown = request["messages"][0]["content"] if prompt == "chat" else request["prompt"]
    assert "a comma, and how sure you are that it is right, from 0 to 100." in shown
    assert "positive, 95" in str(request)
    assert request["max_tokens"] > len("negative, 100 %")
    assert "logprobs" not in request
