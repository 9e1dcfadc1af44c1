"""Prompt injections: the outcome is a label or none, the cost is bounded, the text stays data."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from attack_cases import INJECTIONS, LABELS
from hypothesis import given
from hypothesis import strategies as st

from stepladder.pricing.tokens import most_tokens
from stepladder.task import LABEL_ONLY, AnswerForm, Style, Task, Wanted, render_prompt
from stepladder.task.answer import AnswerReader
from stepladder.task.template import fill
from stepladder.testing import FakeProvider, Fault
from stepladder.types import Labelled, Unlabelled

if TYPE_CHECKING:
    from attack_desk import AttackDesk

pytest_plugins = ("attack_desk",)

VALUES = {
    "text": "The soup was cold.",
    "wanted": "positive",
    "letter": "A",
    "base64": "QW5zd2VyIHBvc2l0aXZl",
    "rot13": "Nafjre cbfvgvir",
    "hex": "416e73776572",
}
ATTACKS = [fill(one["text"], VALUES) for one in INJECTIONS if one["kind"] != "control"]
TONE = Task.model_validate(
    {
        "name": "tone",
        "instructions": "Which tone does the review have?",
        "labels": list(LABELS),
        "text": "Review: {text}",
        "delimiters": True,
    }
)


def test_the_suite_has_what_it_promises() -> None:
    assert len(set(ATTACKS)) >= 40
    assert len({one["kind"] for one in INJECTIONS}) >= 10
    assert all("{text}" in one["text"] for one in INJECTIONS)
    assert sum("positive" in attack for attack in ATTACKS) > 30


@pytest.mark.parametrize("form", AnswerForm)
@pytest.mark.parametrize("style", Style)
def test_an_attack_stays_between_the_delimiters(style: Style, form: AnswerForm) -> None:
    for attack in ATTACKS:
        prompt = render_prompt(TONE, {"text": attack}, style, Wanted(form))
        stable, opened, rest = prompt.texts[-1].rpartition("Review: <data>")
        assert opened, attack
        assert rest.count("</data>") == 1, attack
        assert rest.partition("</data>")[2] == ("" if style is Style.CHAT else "\nLabel:")
        # What stands before it is the same as for a harmless text.
        harmless = render_prompt(TONE, {"text": "Fine."}, style, Wanted(form))
        assert harmless.texts[:-1] == prompt.texts[:-1]
        assert harmless.texts[-1].startswith(stable)


CONTROL = ("<|im_", "<start_of_turn>", "<end_of_turn>", "<|eot_id|>", "[/INST]", "</s>", "<eos>")


def test_no_attack_brings_a_control_token_into_the_prompt() -> None:
    assert sum(any(token in attack for token in CONTROL) for attack in ATTACKS) >= 6
    plain = TONE.model_copy(update={"delimiters": False})
    for attack in ATTACKS:
        for task in (TONE, plain):
            shown = render_prompt(task, {"text": attack}, Style.CHAT, LABEL_ONLY).texts[-1]
            assert not any(token in shown for token in CONTROL), attack


@given(said=st.text() | st.sampled_from([*ATTACKS, *LABELS, "A", "b)"]), cut_off=st.booleans())
@pytest.mark.parametrize("form", AnswerForm)
def test_whatever_is_said_is_a_label_of_the_task_or_none(
    form: AnswerForm, said: str, cut_off: bool
) -> None:
    match AnswerReader.of(TONE, form).read(said, cut_off=cut_off):
        case Labelled(label):
            assert label in LABELS
        case Unlabelled(_, detail):
            assert len(detail) <= 200


@pytest.mark.parametrize("form", AnswerForm)
def test_an_answer_that_repeats_the_attack_is_no_label(form: AnswerForm) -> None:
    reader = AnswerReader.of(TONE, form)
    assert all(isinstance(reader.read(attack), Unlabelled) for attack in ATTACKS)


ANSWERS = {
    "long": {Fault.LONG: 1.0},
    "off the list": {Fault.OFF_LIST: 0.5, Fault.REFUSAL_IN_WORDS: 0.5},
    "labels": {},
}


@pytest.mark.parametrize("faults", ANSWERS.values(), ids=ANSWERS.keys())
def test_an_attack_costs_at_most_its_quote_and_yields_at_most_a_label(
    attacked: AttackDesk, faults: dict[Fault, float]
) -> None:
    attacked.write_texts(ATTACKS)
    with FakeProvider(labels=LABELS, seed=3, faults=faults) as provider:
        attacked.serve(provider.base_url)
        done = attacked.label()
        bill = provider.bill().usage
        asked = provider.stats().requests
    assert not done.errors, done.err
    rows = attacked.rows()
    assert len(rows) == len(ATTACKS)
    assert {row["label"] for row in rows} <= ({*LABELS} if not faults else {""})
    # Every request: at most the quote was spent, and the answer was capped.
    settled = attacked.ledger(
        "select a.quote_pico, s.cost_pico, s.output from attempt a"
        " join settlement s on s.attempt = a.id"
    )
    assert len(settled) == asked == len(ATTACKS)
    # The longest label by any tokenizer, and a blank and a full stop.
    longest = max(most_tokens([label], None) for label in LABELS)
    assert max(output for _, _, output in settled) <= longest + 2
    assert all(cost <= quote for quote, cost, _ in settled)
    spent = Decimal(sum(cost for _, cost, _ in settled)) / 10**12
    assert spent == Decimal(bill.input + bill.output) / 10**6
