from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from openai_server import TASK

from stepladder.annotators import Answer
from stepladder.annotators.model_answer import ReplyReader
from stepladder.annotators.model_reply import ModelReply
from stepladder.policy import OpenAISpec
from stepladder.task import Task
from stepladder.types import (
    NO_CONFIDENCE,
    Confidence,
    Labelled,
    Reason,
    Source,
    Unlabelled,
    Usage,
)

USED = Usage(input=50, output=2)


def reply(text: str = "negative", **more: Any) -> ModelReply:
    plain = ModelReply(text, "stop", "", {}, None, "m-2024-08-06")
    return replace(plain, **more)


def read(given: ModelReply, task: Task = TASK, **spec: Any) -> Answer:
    parsed = OpenAISpec.model_validate({"kind": "openai", "model": "m", **spec})
    return ReplyReader(parsed, task).answer(given, USED)


def test_a_label_with_all_that_came_with_it() -> None:
    answer = read(reply("Negative."))
    assert answer.outcome == Labelled("negative")
    assert answer.usage == USED
    assert (answer.model, answer.text) == ("m-2024-08-06", "Negative.")
    assert answer.confidence is NO_CONFIDENCE


def test_a_provider_that_names_no_version() -> None:
    assert read(reply(model="")).model == "m"


def test_token_probabilities_by_label() -> None:
    first = {"neg": -0.2231435513142097, "pos": -1.6094379124341003}  # 0.8, 0.2
    confidence = read(reply(first_token=first)).confidence
    assert confidence.source is Source.TOKEN_PROBABILITIES
    assert confidence.by_label.keys() == {"positive", "negative", "mixed"}
    assert confidence.by_label["negative"] == pytest.approx(0.8, abs=0.01)
    assert sum(confidence.by_label.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("labels", "said", "first"),
    [
        (["positive", "positive with reservations"], "positive", {"positive": -0.1}),
        (["positive", "positive with reservations"], "positive with reservations", {"pos": -0.1}),
        (["A", "AB"], "A", {"A": -0.1, "AB": -3.0}),
        (["positive", "negative"], "positive", {"pos": inf}),
        (["positive", "negative"], "positive", {"pos": 0.9, "neg": 0.1}),
    ],
)
def test_probabilities_that_tell_nothing_are_no_confidence(
    labels: list[str], said: str, first: dict[str, float]
) -> None:
    task = Task.model_validate({"name": "t", "instructions": "i", "labels": labels})
    answer = read(reply(said, first_token=first), task)
    assert answer.outcome == Labelled(said)
    assert answer.confidence is NO_CONFIDENCE


def test_no_token_probabilities_wanted() -> None:
    answer = read(reply(first_token={"neg": -0.1, "pos": -3}), confidence="none")
    assert answer.confidence is NO_CONFIDENCE


def test_a_failure_has_no_confidence() -> None:
    answer = read(reply("neg", finish="length", first_token={"neg": -0.1}))
    assert answer.outcome == Unlabelled(Reason.TRUNCATED, "neg")
    assert answer.confidence is NO_CONFIDENCE


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (reply(""), Reason.EMPTY),
        (reply(" \n"), Reason.EMPTY),
        (reply("Das war kalte Suppe"), Reason.OFF_LIST),
        (reply("The review is neg", finish="length"), Reason.TRUNCATED),
        (reply("", refusal="I cannot help with that."), Reason.REFUSED),
        (reply("", finish="content_filter"), Reason.REFUSED),
        (reply("negative", finish="content_filter"), Reason.REFUSED),
        (reply("negative\npositive"), Reason.OFF_LIST),
    ],
)
def test_a_failure_is_not_a_label(given: ModelReply, reason: Reason) -> None:
    said = read(given).outcome
    assert isinstance(said, Unlabelled)
    assert said.reason is reason


def test_a_label_at_the_limit_is_a_label() -> None:
    assert read(reply("negative", finish="length")).outcome == Labelled("negative")


def test_of_a_completion_only_the_first_line_counts() -> None:
    going_on = " negative\nReview: Fine.\nLabel: pos"
    assert read(reply(going_on, finish="length"), prompt="completion").outcome == Labelled(
        "negative"
    )
    prose = reply(" rather bad\nLabel: negative", finish="length")
    said = read(prose, prompt="completion").outcome
    assert said == Unlabelled(Reason.OFF_LIST, "rather bad")


def test_letters() -> None:
    assert read(reply("B)"), answer="letter").outcome == Labelled("negative")


def test_stated_confidence() -> None:
    answer = read(reply("Negative, 85"), confidence="stated")
    assert answer.outcome == Labelled("negative")
    assert answer.confidence == Confidence(Source.STATED, {"negative": 0.85})
    assert answer.text == "Negative, 85"
    lettered = read(reply("B, 70", first_token={"B": -0.1}), confidence="stated", answer="letter")
    assert lettered.confidence == Confidence(Source.STATED, {"negative": 0.7})


def test_a_number_nobody_asked_for_is_no_label() -> None:
    assert read(reply("negative, 85"), confidence="none").outcome == Unlabelled(
        Reason.OFF_LIST, "negative, 85"
    )


def test_stated_confidence_that_cannot_be_used() -> None:
    for said, finish in (("negative, 150 %", "stop"), ("negative, 8", "length")):
        answer = read(reply(said, finish=finish), confidence="stated")
        assert answer.outcome == Labelled("negative")
        assert answer.confidence is NO_CONFIDENCE
    refused = read(reply("negative, 85", finish="content_filter"), confidence="stated")
    assert refused.confidence is NO_CONFIDENCE
    assert isinstance(refused.outcome, Unlabelled)


def test_stated_confidence_of_a_completion_ends_with_its_line() -> None:
    going_on = reply(" negative, 85\nReview: Fine.\nLabel: pos", finish="length")
    answer = read(going_on, confidence="stated", prompt="completion")
    assert answer.outcome == Labelled("negative")
    assert answer.confidence.by_label == {"negative": 0.85}


def test_long_answers_are_kept_short() -> None:
    answer = read(reply("bad " * 5_000, model="m" * 5_000))
    assert len(answer.text) <= 200
    assert len(answer.model) <= 200
