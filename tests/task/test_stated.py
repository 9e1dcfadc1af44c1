"""How sure a model says it is: read off what follows the label, never bent into the scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.task import AnswerForm, Task
from stepladder.task.answer import AnswerReader
from stepladder.task.stated import StatedAnswer, StatedReader
from stepladder.types import NO_CONFIDENCE, Confidence, Labelled, Reason, Source, Unlabelled


def reader(*labels: str, form: AnswerForm = AnswerForm.LABEL) -> StatedReader:
    task = Task.model_validate({"name": "t", "instructions": "i", "labels": list(labels)})
    return StatedReader(AnswerReader.of(task, form))


def sure(label: str, probability: float) -> StatedAnswer:
    return StatedAnswer(Labelled(label), Confidence(Source.STATED, {label: probability}))


def unsaid(label: str) -> StatedAnswer:
    return StatedAnswer(Labelled(label), NO_CONFIDENCE)


TONE = reader("positive", "negative", "mixed")


@pytest.mark.parametrize(
    "said",
    [
        "positive, 85",
        "Positive, 85.",
        " positive,85\n",
        "positive (85 %)",
        "positive: 0.85",
        "positive, .85",
        "positive 85%",
        "positive, 85.0",
        "positive; 85 percent",
        "positive, 85/100",
        "positive - 85",
        "positive\n85",
        "**positive**, 85",
        '"positive", 85 %',
        "ｐｏｓｉｔｉｖｅ，８５％",
    ],
)
def test_a_label_and_a_number(said: str) -> None:
    assert TONE.read(said) == sure("positive", 0.85)


@pytest.mark.parametrize(
    ("number", "probability"),
    [
        ("0", 0),
        ("-0", 0),
        ("1", 0.01),
        ("1.0", 1),
        ("1 %", 0.01),
        ("0.5 %", 0.005),
        ("1.5", 0.015),
        ("99.5", 0.995),
        ("100", 1),
        ("100 %", 1),
    ],
)
def test_out_of_a_hundred_or_a_share(number: str, probability: float) -> None:
    assert TONE.read(f"mixed, {number}") == sure("mixed", probability)


@pytest.mark.parametrize(
    "number",
    ["150 %", "150", "100.1", "-5", "−5", "-0.5", "nan", "-inf", "9" * 500, "High", "n/a"],
)
def test_what_is_no_probability_is_no_confidence(number: str) -> None:
    assert TONE.read(f"mixed, {number}") == unsaid("mixed")


def test_a_label_alone_counts() -> None:
    assert TONE.read("positive") == unsaid("positive")
    assert TONE.read("positive,") == unsaid("positive")


@pytest.mark.parametrize(
    "said",
    [
        "positive, negative",
        "The tone is positive, 85",
        "positive, 85 because it is so",
        "positive or negative, 85",
        "positive85",
        "85",
        ", 85",
        "positive high",
    ],
)
def test_anything_else_is_off_the_list(said: str) -> None:
    assert TONE.read(said) == StatedAnswer(Unlabelled(Reason.OFF_LIST, said))


def test_a_whole_text_that_is_a_label_is_that_label() -> None:
    ranks = reader("top", "top 10", "top 100")
    assert ranks.read("top 10") == unsaid("top 10")
    assert ranks.read("top, 10") == sure("top", 0.1)
    assert ranks.read("top 10, 85") == sure("top 10", 0.85)
    assert ranks.read("top 10 85%") == sure("top 10", 0.85)


def test_labels_that_are_numbers_signs_or_words_of_confidence() -> None:
    assert reader("1", "2", "3").read("2, 85") == sure("2", 0.85)
    assert reader("1", "2", "3").read("2") == unsaid("2")
    assert reader("+", "-").read("-, 85") == sure("-", 0.85)
    assert reader("+", "-").read("- 85") == sure("-", 0.85)
    # Two labels, not a label and how sure it is.
    assert isinstance(reader("low", "high").read("low, high").outcome, Unlabelled)
    assert reader("low", "high").read("low, medium") == unsaid("low")


RATING = reader("1", "2", "3", "4", "5")


@pytest.mark.parametrize("said", ["1, 2", "4 - 5", "3 (3)", "2: 1", "5 1"])
def test_a_number_that_is_a_label_is_a_second_label(said: str) -> None:
    assert RATING.read(said) == StatedAnswer(Unlabelled(Reason.OFF_LIST, said))
    assert RATING.read(said, cut_off=True) == StatedAnswer(Unlabelled(Reason.TRUNCATED, said))


@pytest.mark.parametrize(
    ("said", "probability"), [("4, 85", 0.85), ("4, 85 %", 0.85), ("4, 2 %", 0.02), ("4, 1.0", 1)]
)
def test_a_number_with_a_unit_or_that_is_no_label_says_how_sure(
    said: str, probability: float
) -> None:
    assert RATING.read(said) == sure("4", probability)


def test_letters() -> None:
    letters = reader("positive", "negative", form=AnswerForm.LETTER)
    assert letters.read("B, 70") == sure("negative", 0.7)
    assert letters.read("B), 70 %") == sure("negative", 0.7)
    assert letters.read("negative, 70") == sure("negative", 0.7)


def test_an_alias_states_for_its_label() -> None:
    task = Task.model_validate(
        {"name": "t", "instructions": "i", "labels": {"yes": {"aliases": ["aye"]}, "no": {}}}
    )
    assert StatedReader(AnswerReader.of(task)).read("aye, 60") == sure("yes", 0.6)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("positive, 8", unsaid("positive")),
        ("positive, 85", unsaid("positive")),
        ("positive, 0.", unsaid("positive")),
        ("positive,", unsaid("positive")),
        ("positive", unsaid("positive")),
        ("positive, 85 %", sure("positive", 0.85)),
        (
            "positive, 85 because",
            StatedAnswer(Unlabelled(Reason.TRUNCATED, "positive, 85 because")),
        ),
        ("posit", StatedAnswer(Unlabelled(Reason.TRUNCATED, "posit"))),
    ],
)
def test_a_number_that_was_cut_off_is_no_confidence(said: str, read: StatedAnswer) -> None:
    assert TONE.read(said, cut_off=True) == read


def test_what_may_be_the_beginning_of_another_label_is_truncated() -> None:
    ranks = reader("top", "top 100")
    assert ranks.read("top 10", cut_off=True) == StatedAnswer(
        Unlabelled(Reason.TRUNCATED, "top 10")
    )
    assert ranks.read("top 10", cut_off=False) == sure("top", 0.1)


def test_a_megabyte_is_read_at_once_as_no_label() -> None:
    for said in ("positive, " + "8" * 1_000_000, "positive" + " ," * 500_000, "1 " * 4_999):
        assert isinstance(TONE.read(said).outcome, Unlabelled)


@given(st.text(max_size=40), st.booleans())
def test_whatever_follows_a_label_a_confidence_is_a_probability(tail: str, cut_off: bool) -> None:
    read = TONE.read(f"mixed, {tail}", cut_off=cut_off)
    for label, probability in read.confidence.by_label.items():
        assert read.outcome == Labelled(label)
        assert 0 <= probability <= 1


@given(st.integers(0, 100))
def test_what_the_prompt_asks_for_is_read_exactly(number: int) -> None:
    assert TONE.read(f"negative, {number}") == sure("negative", number / 100)
