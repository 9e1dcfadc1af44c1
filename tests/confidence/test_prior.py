from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log

import numpy as np
import pytest
from confidence_cases import gold_row, relabelled, seeded, split_of

from stepladder.confidence import GoldRow, GoldTable, PriorColumns
from stepladder.confidence.prior import TextPrior, fit_prior, held_out_prior

LABELS = ("good", "bad", "mixed")
TEXT = PriorColumns(texts=("text",))
EVEN = (log(1 / 3),) * 3
WORDS = {
    "good": ["lovely", "warm", "again", "kind staff"],
    "bad": ["cold", "late", "never again", "rude staff"],
    "mixed": ["fine", "but", "slow", "however"],
}
EVERYBODY = ["the", "staff", "Pizza", "a", "2", "I", "été", "table"]


def texts(rows: int, seed: int, labels: Sequence[str] = LABELS) -> list[GoldRow]:
    """Independent texts; half of the words of each are its label's own."""
    rng, found = seeded(seed), []
    for number in range(rows):
        gold = rng.choice(labels)
        words = rng.choices(WORDS[gold], k=3) + rng.choices(EVERYBODY, k=3)
        rng.shuffle(words)
        text = " ".join(words)
        found.append(gold_row(gold, number, columns={"text": text, "city": f"c{number % 3}"}))
    return found


def prior_of(
    rows: Sequence[GoldRow], columns: PriorColumns = TEXT, labels: Sequence[str] = LABELS
) -> TextPrior:
    found = fit_prior(GoldTable(tuple(labels), tuple(rows)), columns)
    assert found is not None
    return found


def terms(columns: Mapping[str, str]) -> list[str]:
    words = re.findall(r"\w\w+", columns["text"].lower())
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


@pytest.mark.parametrize("labels", [LABELS, LABELS[:2]])
def test_it_is_what_scikit_learn_would_say(labels: tuple[str, ...]) -> None:
    """Plain numbers instead of a pickle, to nine digits."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    rows, fresh = texts(120, 1, labels), texts(40, 2, labels)
    vectorizer = TfidfVectorizer(analyzer=terms, min_df=2, max_features=2000, sublinear_tf=True)
    seen = vectorizer.fit_transform([row.candidate.columns for row in rows]).toarray()
    count = len(labels)
    regression = LogisticRegression(C=3.0, max_iter=1000).fit(
        np.concatenate([seen, np.zeros((count, seen.shape[1]))]),
        [*(labels.index(row.gold) for row in rows), *range(count)],
        sample_weight=[1.0] * len(rows) + [0.5] * count,
    )
    wanted = regression.predict_proba(
        vectorizer.transform([row.candidate.columns for row in fresh]).toarray()
    )
    prior, before = prior_of(rows, labels=labels), tuple(log((n + 1) / 9) for n in range(count))
    for row, shares in zip(fresh, wanted, strict=True):
        vector = prior.vector(row.candidate.columns, before)
        assert np.exp(np.array(vector) + np.array(before)) == pytest.approx(shares, abs=1e-9)


def test_words_speak_for_the_label_they_come_with() -> None:
    vector = prior_of(texts(120, 1)).vector({"text": "Lovely, WARM."}, EVEN)
    assert vector[0] > 0.5 > -0.5 > max(vector[1:])


def test_a_text_without_a_known_word_is_left_to_the_intercepts() -> None:
    prior = prior_of(texts(120, 1))
    nothing = prior.vector({"text": ""}, EVEN)
    assert prior.vector({"text": "zygote xylophone"}, EVEN) == nothing
    assert prior.vector({}, EVEN) == nothing
    assert nothing == pytest.approx((0.0,) * 3, abs=0.8)


def test_other_columns_are_names_with_values() -> None:
    """Every text is the same; only the city tells."""
    rows = [
        gold_row(LABELS[n % 3], n, columns={"text": "the table", "city": f" c{n % 3} "})
        for n in range(60)
    ]
    prior = prior_of(rows, PriorColumns(("text",), ("city",)))
    assert "city=c1" in prior.terms
    vector = prior.vector({"text": "the table", "city": "c1"}, EVEN)
    assert vector[1] == max(vector) > 0.5


def test_nothing_else_is_looked_at() -> None:
    """Here the city would give the label away."""
    rows = [
        gold_row(LABELS[n % 3], n, columns={"text": "the table", "city": f"c{n % 3}"})
        for n in range(60)
    ]
    prior = prior_of(rows)
    assert set(prior.terms) == {"the", "table", "the table"}
    first, second = ({"text": "the table", "city": city} for city in ("c0", "c1"))
    assert prior.vector(first, EVEN) == prior.vector(second, EVEN)


def test_a_long_value_is_no_category() -> None:
    rows = [
        gold_row(LABELS[n % 3], n, columns={"text": "ab", "note": "x" * (60 + n % 2)})
        for n in range(12)
    ]
    prior = prior_of(rows, PriorColumns(("text",), ("note",)))
    assert set(prior.terms) == {"ab", f"note={'x' * 60}"}


def test_a_term_of_one_row_is_no_term() -> None:
    rows = [gold_row(LABELS[n % 3], n, columns={"text": f"the word{n}"}) for n in range(9)]
    assert set(prior_of(rows).terms) == {"the"}


def test_without_a_vocabulary_there_is_no_prior() -> None:
    rows = [gold_row(LABELS[n % 3], n, columns={"text": f"word{n}"}) for n in range(9)]
    assert fit_prior(GoldTable(LABELS, tuple(rows)), TEXT) is None
    assert fit_prior(GoldTable(LABELS, ()), TEXT) is None
    assert held_out_prior(split_of(LABELS, rows), TEXT) is None


def test_a_label_without_gold_stays_possible() -> None:
    vector = prior_of(texts(60, 1, LABELS[:2])).vector({"text": "lovely"}, EVEN)
    assert vector[2] > log(1e-6)


def test_dozens_of_labels_keep_fewer_terms() -> None:
    labels = tuple(f"label {n}" for n in range(50))
    rng = seeded(1)
    words = [f"word{n}" for n in range(1500)]
    rows = [
        gold_row(labels[n % 50], n, columns={"text": " ".join(rng.choices(words, k=60))})
        for n in range(100)
    ]
    assert len(prior_of(rows, labels=labels).terms) == 40_000 // 50


def test_read_back_from_json_it_says_bit_for_bit_the_same() -> None:
    prior = prior_of(texts(60, 1), PriorColumns(("text",), ("city",)))
    back = TextPrior.model_validate_json(prior.model_dump_json())
    assert back == prior
    for row in texts(20, 2):
        assert back.vector(row.candidate.columns, EVEN) == prior.vector(row.candidate.columns, EVEN)


def test_what_is_held_out_for_a_group_never_depends_on_its_gold() -> None:
    rows = texts(60, 1)
    other = list(rows)
    other[3] = relabelled(rows[3], "mixed" if rows[3].gold != "mixed" else "good")
    before = held_out_prior(split_of(LABELS, rows), TEXT)
    after = held_out_prior(split_of(LABELS, other), TEXT)
    assert before is not None
    assert after is not None
    assert after[3].tolist() == before[3].tolist()
    assert not np.allclose(after, before)
