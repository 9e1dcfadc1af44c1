"""Likely usage never exceeds the bound that quotes stand on, and is closer to the truth."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.annotators.openai import OpenAIAnnotator
from stepladder.engine.likely import LikelyUsage
from stepladder.engine.rates import TokenRate
from stepladder.policy import OpenAISpec
from stepladder.pricing import Price
from stepladder.task import AnswerForm, Style, Task
from stepladder.types import Candidate, Source, Usage

TASK = Task.model_validate(
    {
        "name": "t",
        "instructions": "Choose.",
        "labels": ["positive", "negative"],
        "examples": [{"text": "fine", "label": "positive"}],
    }
)


def usages(text: str, **spec: object) -> tuple[Usage, Usage]:
    """The likely usage and the bound."""
    made = OpenAISpec.model_validate({"kind": "openai", "model": "m", "api_key_env": ""} | spec)
    price = Price("m", date(2026, 1, 1), "s", 1, 1, 1, 1, 1)
    candidate = Candidate("1", {"text": text})
    bound = OpenAIAnnotator(made, TASK, "m").bound(candidate)
    return LikelyUsage(made, TokenRate(price), TASK).of(candidate, bound), bound


@given(
    text=st.text(max_size=300),
    style=st.sampled_from(list(Style)),
    form=st.sampled_from(list(AnswerForm)),
    source=st.sampled_from([Source.NONE, Source.TOKEN_PROBABILITIES, Source.STATED]),
)
def test_it_is_within_the_bound(text: str, style: Style, form: AnswerForm, source: Source) -> None:
    likely, bound = usages(text, prompt=style, answer=form, confidence=source)
    assert 0 < likely.input <= bound.input
    assert 0 < likely.output <= bound.output
    assert likely.requests == 1


def test_a_letter_is_two_tokens_with_its_end() -> None:
    likely, _ = usages("text", answer=AnswerForm.LETTER)
    assert likely.output == 2


@pytest.mark.parametrize("form", AnswerForm)
def test_how_sure_it_is_is_read_and_written_too(form: AnswerForm) -> None:
    plain, plain_bound = usages("text", answer=form)
    stated, stated_bound = usages("text", answer=form, confidence=Source.STATED)
    assert stated.output > plain.output
    assert stated.input > plain.input
    assert stated_bound.output >= plain_bound.output + len(", 100 %")


def test_english_prose_is_about_four_characters_a_token() -> None:
    short, _ = usages("word " * 100)
    long, _ = usages("word " * 200)
    assert long.input - short.input == 125


def test_how_long_a_model_thinks_is_taken_at_its_cap() -> None:
    likely, bound = usages("text", model="o3-mini")
    assert likely.output == bound.output > 1000
