"""Token probabilities as confidence: never surer than the tokens are."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, log, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.task import AnswerForm, Task
from stepladder.task.likelihood import LikelihoodReader, label_probabilities

LABEL, LETTER = AnswerForm.LABEL, AnswerForm.LETTER


def task(*labels: str) -> Task:
    return Task.model_validate({"name": "t", "instructions": "i", "labels": list(labels)})


def believed(tokens: Mapping[str, float], answered: str = "positive") -> Mapping[str, float]:
    return label_probabilities(TONE, LABEL, tokens, answered)


def lettered(tokens: Mapping[str, float], answered: str) -> Mapping[str, float]:
    return label_probabilities(TONE, LETTER, tokens, answered)


def logs(**probabilities: float) -> dict[str, float]:
    return {token: log(p) for token, p in probabilities.items()}


TONE = task("positive", "negative", "mixed")


def test_tokens_that_begin_a_label_speak_for_it() -> None:
    found = believed(logs(pos=0.6, Neg=0.2, positive=0.1, mix=0.1))
    assert found == pytest.approx({"positive": 0.7, "negative": 0.2, "mixed": 0.1})


def test_spaces_case_and_marks_around_a_token_do_not_matter() -> None:
    found = believed({" Pos": log(0.5), '"neg': log(0.3), "\nM": log(0.2)})
    assert found == pytest.approx({"positive": 0.5, "negative": 0.3, "mixed": 0.2})


def test_what_is_said_of_other_words_is_left_out() -> None:
    found = believed(logs(pos=0.3, neg=0.1, mix=0.1, The=0.5))
    assert found == pytest.approx({"positive": 0.6, "negative": 0.2, "mixed": 0.2})


def test_an_unheard_label_gets_at_most_the_smallest_listed_probability() -> None:
    found = believed(logs(pos=0.8, neg=0.1, The=0.05))
    # 0.05 is left over and is the smallest, too: mixed may have had as much.
    assert found == pytest.approx({"positive": 16 / 19, "negative": 2 / 19, "mixed": 1 / 19})


def test_a_provider_that_lists_one_token_leaves_the_rest_to_the_other_labels() -> None:
    found = believed(logs(positive=0.9))
    assert found == pytest.approx({"positive": 0.9, "negative": 0.05, "mixed": 0.05})


def test_certainty_leaves_next_to_nothing_but_never_zero() -> None:
    found = believed({"positive": 0.0, "negative": -inf})
    assert found["positive"] == pytest.approx(1.0, abs=1e-5)
    assert 0 < found["negative"] < 1e-5
    assert 0 < found["mixed"] < 1e-5


@pytest.mark.parametrize(
    "tokens",
    [{}, logs(The=0.9, I=0.1), {" ": -0.1, "\n": -2.0}, {"positive": -inf}],
)
def test_no_token_for_any_label_is_no_confidence(tokens: dict[str, float]) -> None:
    assert believed(tokens) == {}


def test_a_token_of_several_labels_speaks_for_them_evenly() -> None:
    relevance = task("not relevant", "not clear", "relevant")
    tokens = {"not": log(0.3), "rel": log(0.7)}
    found = label_probabilities(relevance, LABEL, tokens, "relevant")
    assert found == pytest.approx({"not relevant": 0.15, "not clear": 0.15, "relevant": 0.7})


@pytest.mark.parametrize(
    ("labels", "answered", "tokens"),
    [
        (("not relevant", "not clear", "relevant"), "not clear", logs(**{"not": 0.7, "rel": 0.3})),
        (("very good", "very bad"), "very bad", logs(very=0.99, v=0.01)),
        (("cat", "catfish"), "cat", logs(cat=0.9, catfish=0.1)),
        # Most of what speaks for it is the beginning of both.
        (("cat", "catfish"), "catfish", logs(cat=0.9, catfish=0.1)),
        (
            ("positive", "positive with reservations", "bad"),
            "positive",
            logs(positive=0.9, bad=0.1),
        ),
        (
            ("positive", "positive with reservations", "bad"),
            "positive with reservations",
            logs(positive=0.9, bad=0.1),
        ),
        (("A", "AB"), "A", logs(A=0.9, AB=0.1)),
        # Listed for others, but not for what was answered.
        (("positive", "negative"), "positive", logs(neg=0.4, The=0.6)),
    ],
)
def test_an_answer_that_no_token_singles_out_has_no_confidence(
    labels: tuple[str, ...], answered: str, tokens: dict[str, float]
) -> None:
    assert label_probabilities(task(*labels), LABEL, tokens, answered) == {}


@pytest.mark.parametrize(
    ("labels", "answered", "tokens", "alone"),
    [
        (
            ("positive", "positive with reservations", "bad"),
            "bad",
            logs(positive=0.3, bad=0.7),
            0.7,
        ),
        (("A", "AB"), "AB", logs(AB=0.9, A=0.1), 0.95),
        (("cat", "catfish"), "catfish", logs(catfish=0.9, cat=0.1), 0.95),
        (("positive", "polite"), "positive", logs(pos=0.6, p=0.1, pol=0.3), 0.65),
    ],
)
def test_an_answer_that_is_singled_out_beside_others_that_are_not(
    labels: tuple[str, ...], answered: str, tokens: dict[str, float], alone: float
) -> None:
    found = label_probabilities(task(*labels), LABEL, tokens, answered)
    assert found[answered] == pytest.approx(alone)
    assert sum(found.values()) == pytest.approx(1)


def test_letters_beyond_z_begin_with_those_before() -> None:
    many = task(*(f"option {n}" for n in range(30)))
    tokens = {"A": log(0.6), "B": log(0.4)}
    # AA to AD begin with A.
    assert label_probabilities(many, LETTER, tokens, "option 0") == {}
    assert label_probabilities(many, LETTER, tokens, "option 1")["option 1"] > 0.3


def test_letters_stand_for_labels() -> None:
    found = lettered({"A": log(0.2), " B": log(0.7), "C)": log(0.1)}, "negative")
    assert found == pytest.approx({"positive": 0.2, "negative": 0.7, "mixed": 0.1})


def test_a_label_is_no_letter() -> None:
    assert lettered(logs(positive=0.9, negative=0.1), "positive") == {}


@given(
    st.dictionaries(
        st.sampled_from(["pos", "positive", " neg", "n", "m", "mixed", "The", ""]),
        st.floats(),
    ),
    st.sampled_from(list(TONE.labels)),
)
def test_whatever_is_listed_it_is_a_distribution_or_nothing(
    tokens: dict[str, float], answered: str
) -> None:
    found = believed(tokens, answered)
    assert not found or set(found) == set(TONE.labels)
    assert not found or sum(found.values()) == pytest.approx(1)
    assert all(0 < p <= 1 for p in found.values())


@given(
    st.dictionaries(
        st.sampled_from(["pos", "positive", " neg", "n", "m", "mixed", "The", ""]),
        st.floats(min_value=-50, max_value=log(1 / 8)),
    ),
    st.sampled_from(list(TONE.labels)),
)
def test_probabilities_that_are_some_are_read(tokens: dict[str, float], answered: str) -> None:
    said = any(token.strip() and answered.startswith(token.strip()) for token in tokens)
    assert bool(believed(tokens, answered)) is said


def test_a_log_probability_rounded_above_zero_is_certainty() -> None:
    found = believed({"pos": 1e-9, "neg": -20.0})
    assert found["positive"] == pytest.approx(1.0, abs=1e-5)
    assert found["positive"] < 1


def test_what_is_no_number_is_left_out() -> None:
    tokens = {"pos": nan, "neg": log(0.8), "mix": log(0.2)}
    found = believed(tokens, "negative")
    assert found == pytest.approx({"positive": 1e-6, "negative": 0.8, "mixed": 0.2}, abs=1e-5)
    assert believed(tokens, "positive") == {}
    assert believed({"pos": nan, "neg": nan}) == {}


@pytest.mark.parametrize(
    "tokens",
    [
        {"pos": inf, "neg": log(0.2)},
        {"pos": log(0.8), "The": inf},
        {"pos": 0.8, "neg": 0.2},  # probabilities, not their logarithms
        {"pos": 0.05, "neg": -3.0},
        logs(pos=0.8, neg=0.3),
        {"pos": 0.0, "neg": 0.0},
    ],
)
def test_what_is_no_list_of_log_probabilities_is_no_confidence(tokens: dict[str, float]) -> None:
    assert believed(tokens) == {}


def test_two_decimals_are_enough() -> None:
    rounded = {"pos": -0.36, "neg": -1.2, "mix": -5.52}  # 0.7, 0.3, 0.004
    assert believed(rounded)["positive"] == pytest.approx(0.7, abs=0.01)


def test_minus_infinity_is_zero() -> None:
    assert believed({"pos": log(0.6), "neg": -inf, "mix": log(0.4)}) == pytest.approx(
        {"positive": 0.6, "negative": 1e-6, "mixed": 0.4}, abs=1e-5
    )


def test_a_token_as_long_as_a_long_label_speaks_for_it() -> None:
    long = "a very " * 20 + "good one"
    tokens = {long: log(0.9), "bad": log(0.1)}
    found = label_probabilities(task(long, "bad"), LABEL, tokens, long)
    assert found == pytest.approx({long: 0.9, "bad": 0.1})


def test_a_reader_serves_many_answers() -> None:
    reader = LikelihoodReader.of(TONE, LABEL)
    assert reader.read(logs(pos=0.9, neg=0.1), "positive")["positive"] > 0.8
    assert reader.read(logs(pos=0.1, neg=0.9), "negative")["negative"] > 0.8
