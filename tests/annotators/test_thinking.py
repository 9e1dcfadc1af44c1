from __future__ import annotations

import pytest

from stepladder.annotators.thinking import thinks, thinks_at_openai


@pytest.mark.parametrize(
    "model",
    ["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5-mini", "gpt-5.1", "ft:o4-mini:acme::1"],
)
def test_openais_reasoning_models(model: str) -> None:
    assert thinks_at_openai(model)
    assert thinks(f"openai/{model}")


@pytest.mark.parametrize(
    "model",
    [
        *("gpt-4o", "gpt-4o-mini-2024-07-18", "gpt-4.1-nano", "gpt-3.5-turbo", "gpt-35-turbo"),
        *("gpt-5-chat-latest", "davinci-002", "chatgpt-4o-latest", "omni-moderation", "olmo-7b"),
    ],
)
def test_models_that_answer_at_once(model: str) -> None:
    assert not thinks_at_openai(model)
    assert not thinks(model)


@pytest.mark.parametrize(
    ("model", "does"),
    [
        ("gemini/gemini-2.5-pro", True),
        ("gemini/gemini-2.5-flash-lite", False),
        ("gemini/gemini-1.5-flash", False),
        ("deepseek/deepseek-reasoner", True),
        ("deepseek/deepseek-chat", False),
        ("openrouter/qwen/qwen3-30b-a3b-thinking-2507", True),
        ("anthropic/claude-haiku-4-5", False),
        ("groq/openai/gpt-oss-20b", True),
    ],
)
def test_other_providers(model: str, does: bool) -> None:
    assert thinks(model) is does
