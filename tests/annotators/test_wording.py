"""A language model asked in several wordings: prompts, keys, bounds and readings by draw."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest

from stepladder.annotators import FunctionAnnotator, HumanAnnotator, ScriptedAnnotator
from stepladder.annotators.model import LanguageModel
from stepladder.annotators.model_reply import ModelReply
from stepladder.annotators.openai import OpenAIAnnotator
from stepladder.annotators.openai_request import RequestFormat
from stepladder.policy import OpenAISpec
from stepladder.task import Task
from stepladder.types import FIRST, Candidate, Draw, Labelled, Usage

TASK = Task.model_validate(
    {
        "name": "mood",
        "instructions": "Good or bad?",
        "paraphrases": ["Does the writer like it, or not at all? Say whether it is good or bad."],
        "labels": ["good", "bad"],
        "examples": [{"text": "Yay", "label": "good"}, {"text": "Meh", "label": "bad"}],
    }
)
CANDIDATE = Candidate("1", {"text": "Fine."})
SWAPPED, PARAPHRASED, REORDERED = Draw("options-1"), Draw("paraphrases-1"), Draw("examples-1")
DRAWS = (FIRST, Draw(sample=1), SWAPPED, PARAPHRASED, REORDERED)


def spec(**more: Any) -> OpenAISpec:
    return OpenAISpec.model_validate({"kind": "openai", "model": "m", **more})


def model(**more: Any) -> LanguageModel:
    return LanguageModel(spec(**more), TASK, "a", identity=("x",), encoding=None, context=None)


@pytest.mark.parametrize("style", ["chat", "completion"])
def test_every_draw_has_a_key_of_its_own_and_every_variant_a_prompt(style: str) -> None:
    asked = model(prompt=style)
    assert len({asked.key(CANDIDATE, draw) for draw in DRAWS}) == len(DRAWS)
    prompts = {asked.prompt(CANDIDATE, draw).texts for draw in DRAWS}
    assert len(prompts) == len(DRAWS) - 1
    assert asked.prompt(CANDIDATE, Draw(sample=1)) == asked.prompt(CANDIDATE)


def test_first_draws_have_the_keys_that_old_ledgers_hold() -> None:
    task = Task.model_validate(
        {
            "name": "mood",
            "instructions": "Good or bad?",
            "labels": ["good", "bad"],
            "examples": [{"text": "Yay", "label": "good"}],
        }
    )
    keys = {
        "chat": "6aee480c2374e4944b64f8251a07586641ebea9333ea5ff04ec3fcc2de3bf781",
        "completion": "aeb0d5da65fcdfbc537fca2d68a5feaa5ddb8947d7c0ddb9e6f1ec01adbeb241",
    }
    for style, key in keys.items():
        assert OpenAIAnnotator(spec(prompt=style), task, "a").key(CANDIDATE) == key
    assert ScriptedAnnotator("a", {"*": "good"}, task).key(CANDIDATE) == (
        "b7b7cc67fdaffc8b10ba4a4c9430fa86c396441190de99fb5ee2d0367a6fe386"
    )
    assert FunctionAnnotator("a", lambda _: "good", task).key(CANDIDATE) == (
        "ea91a9f7ba85f1fbd741704698fc6c89f561663889af6cc6af91d0b5e3327838"
    )
    assert HumanAnnotator("a", task, None).key(CANDIDATE) == (
        "da8dcabb36878d99d71c35ea4e4074d70f683af2aaed4b3809486e62c060332a"
    )


def test_a_longer_wording_has_a_larger_bound() -> None:
    asked = model()
    assert asked.bound(CANDIDATE, PARAPHRASED).input > asked.bound(CANDIDATE).input
    assert asked.bound(CANDIDATE, Draw(sample=3)) == asked.bound(CANDIDATE)


def test_letters_mean_what_they_mean_in_that_wording() -> None:
    asked = model(answer="letter")
    reply = ModelReply("A", "stop", "", {"A": -0.1, "B": -2.4}, Usage(), "m")
    base, swapped = (asked.answer(CANDIDATE, reply, draw=draw) for draw in (FIRST, SWAPPED))
    assert (base.outcome, swapped.outcome) == (Labelled("good"), Labelled("bad"))
    assert max(base.confidence.by_label, key=base.confidence.by_label.__getitem__) == "good"
    assert max(swapped.confidence.by_label, key=swapped.confidence.by_label.__getitem__) == "bad"


def test_the_request_is_in_the_draws_wording_with_its_sample_as_seed() -> None:
    asked = model(temperature=Decimal("0.7"))
    form = RequestFormat(asked, "http://here/v1", "m")

    def sent(draw: Draw) -> Any:
        return orjson.loads(form.body(asked.prompt(CANDIDATE, draw), draw))

    base, again, swapped = sent(FIRST), sent(Draw(sample=2)), sent(SWAPPED)
    assert base["messages"] == again["messages"]
    assert (base["seed"], again["seed"], swapped["seed"]) == (0, 2, 0)
    assert "good\nbad" in base["messages"][0]["content"]
    assert "bad\ngood" in swapped["messages"][0]["content"]
    assert base["messages"][-1] == swapped["messages"][-1]


def test_a_variant_that_the_task_does_not_have() -> None:
    with pytest.raises(KeyError):
        model().prompt(CANDIDATE, Draw("options-2"))
