from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai_server import REVIEW, TASK, about

from stepladder.annotators.model import LanguageModel
from stepladder.annotators.model_reply import ModelReply
from stepladder.errors import PromptTooLongError
from stepladder.policy import OpenAISpec
from stepladder.pricing.encodings import load_encoding
from stepladder.task import Task
from stepladder.types import (
    Candidate,
    Draw,
    Usage,
)


def model(
    *,
    task: Task = TASK,
    identity: tuple[str, ...] = ("openai", "m"),
    encoding: str | None = None,
    context: int | None = None,
    **spec: Any,
) -> LanguageModel:
    parsed = OpenAISpec.model_validate({"kind": "openai", "model": "m", **spec})
    return LanguageModel(
        parsed, task, "small", identity=identity, encoding=encoding, context=context
    )


def reply(text: str = "negative", **more: Any) -> ModelReply:
    plain = ModelReply(text, "stop", "", {}, Usage(input=50, output=2), "m-2024-08-06")
    return replace(plain, **more)


# Keys


def test_a_key_is_the_same_for_the_same_question() -> None:
    again = Candidate("2", MappingProxyType({"text": "The soup was cold.", "stars": "1"}))
    assert model().key(REVIEW) == model().key(again)


def test_a_key_changes_with_all_that_decides_the_answer() -> None:
    other_task = TASK.model_copy(update={"instructions": "How does the reviewer feel?"})
    keys = [
        model().key(REVIEW),
        model().key(about("The soup was hot.")),
        model().key(REVIEW, Draw(sample=1)),
        model(identity=("openai", "n")).key(REVIEW),
        model(temperature=Decimal("0.5")).key(REVIEW),
        model(max_output_tokens=5).key(REVIEW),
        model(confidence="none").key(REVIEW),
        model(confidence="stated").key(REVIEW),
        model(answer="letter").key(REVIEW),
        model(prompt="completion").key(REVIEW),
        model(task=other_task).key(REVIEW),
    ]
    assert len(set(keys)) == len(keys)


def test_a_key_ignores_how_a_number_is_written_and_how_long_to_wait() -> None:
    assert model().key(REVIEW) == model(temperature=Decimal("0.0")).key(REVIEW)
    assert model().key(REVIEW) == model(timeout=Decimal(5), concurrency=2).key(REVIEW)


# Bounds


def test_the_bound_covers_every_byte_and_the_longest_label() -> None:
    sent = model().prompt(REVIEW).texts
    bound = model().bound(REVIEW)
    assert bound.input >= sum(len(text.encode()) for text in sent)
    assert bound.output >= len("negative") + 2
    assert bound.requests == 1


@given(st.text(max_size=200))
def test_a_longer_text_never_has_a_smaller_bound(text: str) -> None:
    assert model().bound(about(text)).input <= model().bound(about(text + "x")).input


def test_letters_need_two_tokens() -> None:
    assert model(answer="letter").bound(REVIEW).output == 2


@pytest.mark.parametrize(("form", "longest"), [("label", "negative"), ("letter", "C")])
def test_there_is_room_for_how_sure_it_is(form: str, longest: str) -> None:
    bound = model(answer=form, confidence="stated").bound(REVIEW)
    assert bound.output > len(f"{longest}, 100 %")
    assert bound.output > model(answer=form).bound(REVIEW).output
    assert model(answer=form, confidence="stated", max_output_tokens=3).bound(REVIEW).output == 3


def test_a_longer_alias_needs_more() -> None:
    labels = {"positive": {"aliases": ["overwhelmingly positive"]}, "negative": {}}
    task = Task.model_validate({"name": "t", "instructions": "i", "labels": labels})
    assert model(task=task).bound(REVIEW).output >= len("overwhelmingly positive")


def test_the_policys_cap_wins_and_thinking_models_get_room() -> None:
    assert model(max_output_tokens=7).bound(REVIEW).output == 7
    assert model(model="o3-mini").bound(REVIEW).output == 2048
    assert model(model="o3-mini", max_output_tokens=300).bound(REVIEW).output == 300


def test_an_exact_encoding_gives_a_lower_bound() -> None:
    if load_encoding("o200k_base") is None and load_encoding("cl100k_base") is None:
        pytest.skip("no encoding on this machine")
    encoding = "cl100k_base" if load_encoding("cl100k_base") else "o200k_base"
    exact, by_bytes = model(encoding=encoding).bound(REVIEW), model().bound(REVIEW)
    assert exact.input < by_bytes.input
    assert exact.output < by_bytes.output


# Prompts that cannot fit


@pytest.mark.parametrize("text", ["soup " * 40_000, "x" * 200_000, "汤" * 200_000])
def test_200_000_characters_do_not_fit_8_192_tokens(text: str) -> None:
    small = model(context=8192)
    with pytest.raises(PromptTooLongError, match=r"small: .*8,192 tokens") as caught:
        small.check_fits(small.prompt(about(text)))
    assert caught.value.free


def test_what_may_fit_is_not_refused() -> None:
    # 35,840 characters, so 35,840 tokens at most; 7,680 words.
    prose = about("the soup was cold and thin, " * 1280)
    small = model(context=8192)
    small.check_fits(small.prompt(prose))


def test_an_exact_count_refuses_what_words_alone_would_let_pass() -> None:
    if load_encoding("cl100k_base") is None:
        pytest.skip("no cl100k_base file on this machine")
    numbers = about("3141592653589793 " * 2000)
    by_words, exact = model(context=8192), model(context=8192, encoding="cl100k_base")
    by_words.check_fits(by_words.prompt(numbers))
    with pytest.raises(PromptTooLongError):
        exact.check_fits(exact.prompt(numbers))


def test_an_unknown_context_refuses_nothing() -> None:
    model().check_fits(model().prompt(about("soup " * 1_000_000)))


# Answers


def test_usage_that_is_believed_counts() -> None:
    assert model().answer(REVIEW, reply()).usage == Usage(input=50, output=2)


def test_usage_nobody_can_believe_counts_as_the_bound() -> None:
    answer = model().answer(REVIEW, reply(usage=None))
    assert answer.usage == model().bound(REVIEW)
    assert answer.usage.input > 0


def test_candidates_are_told_apart_by_what_they_are() -> None:
    """More of them than are remembered, each asked about twice."""
    one = model()
    candidates = [about(f"soup {n}") for n in range(600)]
    for candidate in (*candidates, *candidates):
        assert one.prompt(candidate).texts[-1] == candidate.columns["text"]
