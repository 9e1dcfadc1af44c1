"""Texts that only identify their group: with groups the prior stays out, without it would not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from confidence_cases import fit_loss, gold_row, regrouped, says, seeded

from stepladder.confidence import Fit, GoldRow, PriorColumns, Wanted, fit_gold
from stepladder.confidence.combining import Pool

pytestmark = pytest.mark.slow

LABELS = ("good", "bad", "mixed")
PLAIN = Wanted(LABELS, ("m",), (("m",),))
WITH_TEXT = replace(PLAIN, columns=PriorColumns(texts=("text",)))
SIGNAL = {"good": "lovely", "bad": "cold", "mixed": "however"}


def edits(texts: int, seed: int) -> list[GoldRow]:
    """Six edits of each text, with the text's label: its words say which text it is, no more."""
    rng, found = seeded(seed), []
    for text in range(texts):
        gold = rng.choice(LABELS)
        own = [f"word{rng.randrange(10_000)}" for _ in range(8)]
        for _ in range(6):
            said = gold if rng.random() < 0.6 else rng.choice(LABELS)
            words = " ".join(rng.sample(own, 6))
            found.append(gold_row(gold, text, says("m", said), columns={"text": words}))
    return found


def independent(rows: int, seed: int) -> list[GoldRow]:
    """A text of its own for each row, of which two in three have a word that tells."""
    rng, found = seeded(seed), []
    for number in range(rows):
        gold = rng.choice(LABELS)
        said = gold if rng.random() < 0.6 else rng.choice(LABELS)
        words = [f"word{rng.randrange(40)}" for _ in range(6)]
        if rng.random() < 2 / 3:
            words[rng.randrange(6)] = SIGNAL[gold]
        found.append(gold_row(gold, number, says("m", said), columns={"text": " ".join(words)}))
    return found


def pool_of(fit: Fit) -> Pool:
    (pool,) = fit.pools.values()
    return pool


def lift(known: Sequence[GoldRow], fresh: Sequence[GoldRow]) -> float:
    """What the text takes off the log loss on fresh rows, nats."""
    return fit_loss(fit_gold(PLAIN, known), fresh) - fit_loss(fit_gold(WITH_TEXT, known), fresh)


def test_with_groups_a_text_that_only_identifies_its_group_stays_out() -> None:
    """But for chance, which may find a ten-thousandth of a nat in it and weigh it by little."""
    fits = [fit_gold(WITH_TEXT, edits(40, seed)) for seed in range(8)]
    assert all(any(one.way.endswith(", text") for one in pool_of(fit).tried) for fit in fits)
    assert sum(pool_of(fit).text == 0 for fit in fits) >= 7
    assert all((fit.text is None) == (pool_of(fit).text == 0) for fit in fits)
    assert max(pool_of(fit).text for fit in fits) < 0.2


@pytest.mark.parametrize("seed", range(4))
def test_without_groups_it_would_enter_and_promise_what_it_cannot_keep(seed: int) -> None:
    """Why splits are by group: other edits of the row's text are in the other folds."""
    alone = [regrouped(row, number) for number, row in enumerate(edits(40, seed))]
    fit = fit_gold(WITH_TEXT, alone)
    plain = min(one.loss for one in pool_of(fit_gold(PLAIN, alone)).tried)
    assert pool_of(fit).text > 0.5
    assert min(one.loss for one in pool_of(fit).tried) < plain - 0.2
    assert lift(alone, edits(40, 100 + seed)) < 0.02


@pytest.mark.parametrize("seed", range(3))
def test_on_independent_texts_words_that_tell_are_heard(seed: int) -> None:
    known, fresh = independent(240, seed), independent(600, 100 + seed)
    fit = fit_gold(WITH_TEXT, known)
    assert pool_of(fit).text > 0.3
    assert fit.text is not None
    assert lift(known, fresh) > 0.1


def test_without_columns_nothing_is_tried() -> None:
    fit = fit_gold(PLAIN, independent(90, 0))
    assert fit.text is None
    assert not any("text" in one.way for one in pool_of(fit).tried)
