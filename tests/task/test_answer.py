"""An answer is a label, an alias or an option letter; anything else is no label."""

from __future__ import annotations

import pytest

from stepladder.task import AnswerForm, Task, read_answer
from stepladder.task.answer import AnswerReader
from stepladder.types import Labelled, Outcome, Reason, Unlabelled


def task(**labels: list[str]) -> Task:
    return Task.model_validate(
        {
            "name": "t",
            "instructions": "i",
            "labels": {name: {"aliases": aliases} for name, aliases in labels.items()},
        }
    )


TONE = task(positive=["glad", "thumbs up", "👍"], negative=["sad"], mixed=[])


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("positive", "positive"),
        ("POSITIVE", "positive"),
        (" Positive.\n", "positive"),
        ('"positive"', "positive"),
        ("**Negative**", "negative"),
        ("`mixed`", "mixed"),
        ("«mixed»!", "mixed"),
        ("(negative)", "negative"),
        ("glad", "positive"),
        ("Thumbs   up!", "positive"),
        ("👍", "positive"),
        ("👍\ufe0f", "positive"),
        ("\u200fpositive\u200e", "positive"),
        ("ｐｏｓｉｔｉｖｅ", "positive"),
        ("positive\0", "positive"),
    ],
)
def test_labels_and_aliases_in_any_dress(said: str, label: str) -> None:
    assert read_answer(TONE, said) == Labelled(label)


@pytest.mark.parametrize(
    "said",
    [
        "The review is positive.",
        "positive or negative",
        "positive, negative",
        "not positive",
        "positively",
        "posit",
        "Label: positive",
        "positiv",
        "positif",
        "正面",
        "إيجابي",
        "A",
        "1",
        "I'm sorry, but I can't help with that.",
        '{"label": "positive"}',
    ],
)
def test_anything_else_is_off_the_list_and_kept_to_look_at(said: str) -> None:
    assert read_answer(TONE, said) == Unlabelled(Reason.OFF_LIST, said)


def test_a_long_answer_is_kept_shortened() -> None:
    outcome = read_answer(TONE, "  " + "word " * 1_000)
    assert isinstance(outcome, Unlabelled)
    assert outcome.detail == ("word " * 40)


@pytest.mark.parametrize("said", ["", " \n", "...", '""', "\u200b\ufeff", "\0"])
def test_nothing_said_is_empty(said: str) -> None:
    outcome = read_answer(TONE, said)
    assert isinstance(outcome, Unlabelled)
    assert outcome.reason is Reason.EMPTY


@pytest.mark.parametrize("said", ["", "The review seems to", "pos"])
def test_no_label_before_the_token_limit_is_truncated(said: str) -> None:
    assert read_answer(TONE, said, cut_off=True) == Unlabelled(Reason.TRUNCATED, said)


def test_a_label_that_ends_at_the_token_limit_counts() -> None:
    assert read_answer(TONE, "positive", cut_off=True) == Labelled("positive")


def test_what_may_be_the_beginning_of_another_label_does_not_count_when_cut_off() -> None:
    fish = task(cat=[], catfish=["cat fish"], dog=["dogs"])
    truncated = Unlabelled(Reason.TRUNCATED, "cat")
    assert read_answer(fish, "cat") == Labelled("cat")
    assert read_answer(fish, "cat", cut_off=True) == truncated
    assert read_answer(fish, "catfish", cut_off=True) == Labelled("catfish")
    # More of the same label changes nothing.
    assert read_answer(fish, "dog", cut_off=True) == Labelled("dog")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("A", Labelled("positive")),
        ("b)", Labelled("negative")),
        ("(C)", Labelled("mixed")),
        ("C.", Labelled("mixed")),
        ("negative", Labelled("negative")),
        ("sad", Labelled("negative")),
        ("D", Unlabelled(Reason.OFF_LIST, "D")),
        ("A B", Unlabelled(Reason.OFF_LIST, "A B")),
        ("AB", Unlabelled(Reason.OFF_LIST, "AB")),
    ],
)
def test_letters_where_letters_are_asked_for(said: str, outcome: Outcome) -> None:
    assert read_answer(TONE, said, AnswerForm.LETTER) == outcome


def test_labels_that_are_letters_mean_what_was_asked_for() -> None:
    swapped = task(b=[], a=[])
    assert read_answer(swapped, "a", AnswerForm.LABEL) == Labelled("a")
    assert read_answer(swapped, "a", AnswerForm.LETTER) == Labelled("b")


@pytest.mark.parametrize(
    ("labels", "said", "label"),
    [
        (("C", "C++", "C#"), "c++", "C++"),
        (("C", "C++", "C#"), "C.", "C"),
        (("+", "-"), "-", "-"),
        (("+", "-"), '"+"', "+"),
        (("😀", "😢"), "😢.", "😢"),
        (("<5", ">5"), ">5", ">5"),
        (("हिन्दी", "मराठी"), "मराठी।", "मराठी"),
        (("Straße", "Weg"), "STRASSE", "Straße"),
    ],
)
def test_labels_of_signs_and_of_other_scripts(
    labels: tuple[str, ...], said: str, label: str
) -> None:
    assert read_answer(task(**{name: [] for name in labels}), said) == Labelled(label)


def test_an_answer_of_a_megabyte_is_no_label_whatever_it_begins_with() -> None:
    assert read_answer(TONE, "positive" + " " * 1_000_000) == Unlabelled(
        Reason.OFF_LIST, "positive"
    )


def test_a_reader_serves_many_answers() -> None:
    reader = AnswerReader.of(TONE)
    assert [reader.read(said) for said in ("glad", "sad", "so so")] == [
        Labelled("positive"),
        Labelled("negative"),
        Unlabelled(Reason.OFF_LIST, "so so"),
    ]
