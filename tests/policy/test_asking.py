"""What a tier's confidence means for those it asks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from stepladder.errors import PolicyError
from stepladder.policy import ModelSpec, Policy, asked_as, confidence_of, draws_of
from stepladder.task import Task
from stepladder.types import FIRST, Draw, Source

TASK = Task.model_validate({"name": "t", "instructions": "Choose.", "labels": ["a", "b", "c"]})
KINDS: dict[str, dict[str, Any]] = {
    "model": {"kind": "openai", "model": "m", "temperature": Decimal("0.2")},
    "script": {"kind": "scripted", "answers": {"*": "a"}},
    "mine": {"kind": "custom", "price": "free"},
    "recorded": {"kind": "recorded", "recording": "r.jsonl", "annotator": "x"},
    "person": {"kind": "human"},
}


def policy(name: str, confidence: Any = None) -> Policy:
    tier = {"name": "one", "ask": name} | ({"confidence": confidence} if confidence else {})
    return Policy.model_validate({"name": "p", "annotators": KINDS, "tiers": [tier]})


def asked(confidence: Any) -> ModelSpec:
    spec = asked_as(policy("model", confidence), "model")
    assert isinstance(spec, ModelSpec)
    return spec


def test_without_a_word_of_the_tier_the_annotator_is_asked_as_it_is() -> None:
    plain = policy("model")
    assert confidence_of(plain, "model") is None
    assert asked_as(plain, "model") is plain.annotators["model"]
    assert draws_of(plain, TASK, "model") == (FIRST,)


def test_samples_have_a_temperature_and_no_confidence_of_their_own() -> None:
    spec = asked({"source": "samples", "temperature": 0.9})
    assert (spec.temperature, spec.confidence) == (Decimal("0.9"), Source.NONE)
    assert asked("samples").temperature == Decimal("0.7")


def test_variants_keep_the_temperature_and_have_no_confidence_of_their_own() -> None:
    spec = asked("variants")
    assert (spec.temperature, spec.confidence) == (Decimal("0.2"), Source.NONE)


@pytest.mark.parametrize("source", ["stated", "token_probabilities", "none"])
def test_single_sources_are_what_the_model_is_asked_for(source: str) -> None:
    found = policy("model", source)
    assert asked(source).confidence == source
    assert draws_of(found, TASK, "model") == (FIRST,)


def test_the_draws_of_samples_and_of_variants() -> None:
    samples = policy("model", {"source": "samples", "draws": 3})
    assert draws_of(samples, TASK, "model") == (FIRST, Draw(sample=1), Draw(sample=2))
    variants = policy("model", {"source": "variants", "draws": 3})
    assert draws_of(variants, TASK, "model") == (FIRST, Draw("options-1"), Draw("options-2"))
    many = policy("model", {"source": "variants", "draws": 100})
    assert len(draws_of(many, TASK, "model")) == 6  # the orders of three options


def test_variants_that_do_not_exist() -> None:
    found = policy("model", {"source": "variants", "vary": ["paraphrases", "examples"]})
    with pytest.raises(PolicyError, match="no variants of kind paraphrases or examples; add"):
        draws_of(found, TASK, "model")
    paraphrased = TASK.model_copy(update={"paraphrases": ("Pick one.",)})
    assert draws_of(found, paraphrased, "model") == (FIRST, Draw("paraphrases-1"))


@pytest.mark.parametrize("name", ["script", "mine"])
def test_ones_own_annotators_may_be_drawn_several_times(name: str) -> None:
    for source, draws in (("samples", 5), ("variants", 5), ("none", 1)):
        found = policy(name, source)
        assert len(draws_of(found, TASK, name)) == draws
        assert asked_as(found, name) is found.annotators[name]


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("script", "stated", "of kind 'scripted' and cannot be asked for stated"),
        ("mine", "token_probabilities", "cannot be asked for token_probabilities"),
        ("person", "samples", "'person' is a person"),
        ("recorded", "variants", "'recorded' repeats a recording"),
    ],
)
def test_confidence_that_cannot_be_had(name: str, source: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        policy(name, source)
    assert policy(name, "none")
