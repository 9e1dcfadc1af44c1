"""Token probabilities as confidence: never surer than the tokens are."""

from __future__ import annotations

from math import inf, log, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.task import AnswerForm, Task
from stepladder.task.likelihood import LikelihoodReader, label_probabilities

LABEL, LETTER = AnswerForm.LABEL, AnswerForm.LETTER


def task(*labels: str) -> Task:
    return Task.model_validate({"name": "t", "instructions": "i", "labels": list(labels)})


def logs(**probabilities: float) -> dict[str, float]:
    return {token: log(p) for token, p in probabilities.items()}


TONE = task("positive", "negative", "mixed")


def test_tokens_that_begin_a_label_speak_for_it() -> None:
    found = label_probabilities(TONE, LABEL, logs(pos=0.6, Neg=0.2, positive=0.1, mix=0.1))
    assert found == pytest.approx({"positive": 0.7, "negative": 0.2, "mixed": 0.1})


def test_spaces_case_and_marks_around_a_token_do_not_matter() -> None:
    found = label_probabilities(TONE, LABEL, {" Pos": log(0.5), '"neg': log(0.3), "\nM": log(0.2)})
    assert found == pytest.approx({"positive": 0.5, "negative": 0.3, "mixed": 0.2})


def test_what_is_said_of_other_words_is_left_out() -> None:
    found = label_probabilities(TONE, LABEL, logs(pos=0.3, neg=0.1, mix=0.1, The=0.5))
    assert found == pytest.approx({"positive": 0.6, "negative": 0.2, "mixed": 0.2})


def test_an_unheard_label_gets_at_most_the_smallest_listed_probability() -> None:
    found = label_probabilities(TONE, LABEL, logs(pos=0.8, neg=0.1, The=0.05))
    # 0.05 is left over and is the smallest, too: mixed may have had as much.
    assert found == pytest.approx({"positive": 16 / 19, "negative": 2 / 19, "mixed": 1 / 19})


def test_a_provider_that_lists_one_token_leaves_the_rest_to_the_other_labels() -> None:
    found = label_probabilities(TONE, LABEL, logs(positive=0.9))
    assert found == pytest.approx({"positive": 0.9, "negative": 0.05, "mixed": 0.05})


def test_certainty_leaves_next_to_nothing_but_never_zero() -> None:
    found = label_probabilities(TONE, LABEL, {"positive": 0.0, "negative": -inf})
    assert found["positive"] == pytest.approx(1.0, abs=1e-5)
    assert 0 < found["negative"] < 1e-5
    assert 0 < found["mixed"] < 1e-5


@pytest.mark.parametrize(
    "tokens",
    [{}, logs(The=0.9, I=0.1), {" ": -0.1, "\n": -2.0}, {"positive": -inf}],
)
def test_no_token_for_any_label_is_no_confidence(tokens: dict[str, float]) -> None:
    assert label_probabilities(TONE, LABEL, tokens) == {}


def test_labels_that_share_their_first_token_share_its_probability() -> None:
    found = label_probabilities(
        task("not relevant", "not clear", "relevant"), LABEL, {"not": log(0.7), "rel": log(0.3)}
    )
    assert found == pytest.approx({"not relevant": 0.35, "not clear": 0.35, "relevant": 0.3})


def test_labels_that_all_share_their_first_token_cannot_be_told_apart() -> None:
    assert label_probabilities(task("very good", "very bad"), LABEL, logs(very=0.99, v=0.01)) == {}


def test_a_label_that_begins_another_does_not_lose_its_token() -> None:
    found = label_probabilities(task("cat", "catfish"), LABEL, logs(cat=0.9, catfish=0.1))
    assert found == pytest.approx({"cat": 0.45, "catfish": 0.55})


def test_letters_stand_for_labels() -> None:
    found = label_probabilities(TONE, LETTER, {"A": log(0.2), " B": log(0.7), "C)": log(0.1)})
    assert found == pytest.approx({"positive": 0.2, "negative": 0.7, "mixed": 0.1})


def test_a_label_is_no_letter() -> None:
    assert label_probabilities(TONE, LETTER, logs(positive=0.9, negative=0.1)) == {}


@given(
    st.dictionaries(
        st.sampled_from(["pos", "positive", " neg", "n", "m", "mixed", "The", ""]),
        st.floats(min_value=-50, max_value=0),
    )
)
def test_it_is_a_distribution_or_nothing(tokens: dict[str, float]) -> None:
    found = label_probabilities(TONE, LABEL, tokens)
    if found:
        assert sum(found.values()) == pytest.approx(1)
        assert all(0 < p <= 1 for p in found.values())
        assert set(found) == set(TONE.labels)
    else:
        assert tokens.keys() <= {"The", ""}


def test_a_log_probability_rounded_above_zero_is_certainty() -> None:
    found = label_probabilities(TONE, LABEL, {"pos": 1e-9, "neg": -20.0})
    assert found["positive"] == pytest.approx(1.0, abs=1e-5)
    assert found["positive"] < 1


def test_what_is_no_number_is_left_out() -> None:
    found = label_probabilities(TONE, LABEL, {"pos": nan, "neg": log(0.8), "mix": log(0.2)})
    assert found == pytest.approx({"positive": 1e-6, "negative": 0.8, "mixed": 0.2}, abs=1e-5)
    assert label_probabilities(TONE, LABEL, {"pos": nan, "neg": nan}) == {}


def test_a_token_as_long_as_a_long_label_speaks_for_it() -> None:
    long = "a very " * 20 + "good one"
    found = label_probabilities(task(long, "bad"), LABEL, {long: log(0.9), "bad": log(0.1)})
    assert found == pytest.approx({long: 0.9, "bad": 0.1})


def test_a_reader_serves_many_answers() -> None:
    reader = LikelihoodReader.of(TONE, LABEL)
    assert reader.read(logs(pos=0.9, neg=0.1))["positive"] > 0.8
    assert reader.read(logs(pos=0.1, neg=0.9))["negative"] > 0.8
