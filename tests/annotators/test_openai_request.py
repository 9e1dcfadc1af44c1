from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest
from openai_server import REVIEW, TASK, about

from stepladder.annotators.model import LanguageModel
from stepladder.annotators.openai_request import RequestFormat
from stepladder.policy import OpenAISpec
from stepladder.types import Draw

OPENAI = "https://api.openai.com/v1"


def sent(base_url: str = "http://here/v1", sample: int = 0, **spec: Any) -> dict[str, Any]:
    parsed = OpenAISpec.model_validate({"kind": "openai", "model": "m", **spec})
    model = LanguageModel(parsed, TASK, "a", identity=(), encoding=None, context=None)
    form = RequestFormat(model, base_url, parsed.model)
    request: dict[str, Any] = orjson.loads(form.body(model.prompt(REVIEW), Draw(sample=sample)))
    return {"path": form.path, **request}


def test_chat() -> None:
    request = sent(max_output_tokens=9)
    assert [m["role"] for m in request["messages"]] == ["system", "user", "assistant", "user"]
    assert request["messages"][-1]["content"] == "The soup was cold."
    del request["messages"]
    assert request == {
        "path": "/chat/completions",
        "model": "m",
        "max_tokens": 9,
        "temperature": 0.0,
        "logprobs": True,
        "top_logprobs": 20,
    }


def test_completion_stops_at_the_line() -> None:
    request = sent(prompt="completion", max_output_tokens=9)
    assert request.pop("prompt").endswith("The soup was cold.\nLabel:")
    assert request == {
        "path": "/completions",
        "model": "m",
        "max_tokens": 9,
        "temperature": 0.0,
        "logprobs": 20,
        "stop": ["\n"],
    }


def test_openais_own_limits() -> None:
    assert sent(OPENAI, prompt="completion")["logprobs"] == 5
    request = sent(OPENAI, model="gpt-4o-mini", max_output_tokens=9)
    assert request["max_completion_tokens"] == 9
    assert "max_tokens" not in request
    assert request["top_logprobs"] == 20


def test_openais_reasoning_models_are_sent_what_they_allow() -> None:
    request = sent(OPENAI, model="gpt-5-mini", max_output_tokens=900, temperature=Decimal(1))
    assert request.keys() == {"path", "model", "messages", "max_completion_tokens"}
    assert request["max_completion_tokens"] == 900


def test_the_same_name_elsewhere_is_any_model() -> None:
    assert "temperature" in sent("https://api.openai.com.example.org/v1", model="gpt-5-mini")


def test_no_confidence_asks_for_no_logprobs() -> None:
    for prompt in ("chat", "completion"):
        assert not {"logprobs", "top_logprobs"} & sent(prompt=prompt, confidence="none").keys()


@pytest.mark.parametrize(
    ("temperature", "sample", "seed"),
    [("0", 0, None), ("0", 3, 3), ("0.7", 0, 0), ("0.7", 3, 3)],
)
def test_the_seed_is_the_sample_where_it_matters(
    temperature: str, sample: int, seed: int | None
) -> None:
    request = sent(sample=sample, temperature=Decimal(temperature))
    assert request.get("seed") == seed
    assert request["temperature"] == float(temperature)


@pytest.mark.parametrize(
    "text",
    ["{text} {{0}} %s", 'quo"te\\', "a\nb\r\n", "\u202eevil\u200f", "🍲" * 10_000, "x" * 10_000],
)
def test_hostile_texts_arrive_as_they_are(text: str) -> None:
    parsed = OpenAISpec(kind="openai", model="m")
    model = LanguageModel(parsed, TASK, "a", identity=(), encoding=None, context=None)
    body = RequestFormat(model, "http://here/v1", "m").body(model.prompt(about(text)))
    assert orjson.loads(body)["messages"][-1] == {"role": "user", "content": text}


@pytest.mark.parametrize(("text", "arrives"), [("nu\0ll", "nu ll"), ("half \ud83c", "half ?")])
def test_what_cannot_be_sent_is_replaced(text: str, arrives: str) -> None:
    parsed = OpenAISpec(kind="openai", model="m")
    model = LanguageModel(parsed, TASK, "a", identity=(), encoding=None, context=None)
    body = RequestFormat(model, "http://here/v1", "m").body(model.prompt(about(text)))
    assert orjson.loads(body)["messages"][-1]["content"] == arrives
