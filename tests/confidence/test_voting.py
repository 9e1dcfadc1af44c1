"""Votes counted as one each, or by log-odds of accuracy; and the best annotator alone."""

from __future__ import annotations

from math import log

import pytest
from confidence_cases import (
    ANY,
    gold_row,
    noisy_rows,
    overconfident_rows,
    says,
    seeded,
    shows,
    silent,
)

from stepladder.confidence import GoldTable
from stepladder.confidence.aggregator import Aggregator
from stepladder.confidence.best_single import BestSingle
from stepladder.confidence.dawid_skene import DawidSkeneVote
from stepladder.confidence.voting import MajorityVote, WeightedVote, accuracy_of, shares
from stepladder.types import Source

LABELS = ("good", "bad", "mixed")
RATES = {"weak": 0.4, "fair": 0.6, "strong": 0.9}
TABLE = GoldTable(LABELS, tuple(noisy_rows(LABELS, 300, RATES, seeded(0))))
AGGREGATORS: tuple[Aggregator, ...] = (
    MajorityVote(),
    WeightedVote(),
    DawidSkeneVote(),
    BestSingle(),
)


@pytest.mark.parametrize("aggregator", AGGREGATORS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "votes",
    [[], [silent("weak")], [says("weak", "bad")], [says("new", "bad"), says("fair", "good")]],
    ids=["none", "silent", "one", "a new one"],
)
def test_every_posterior_sums_to_one(aggregator: Aggregator, votes: list) -> None:  # type: ignore[type-arg]
    posterior = aggregator.fit(TABLE).posterior(votes, ANY)
    assert len(posterior) == 3
    assert sum(posterior) == pytest.approx(1)
    assert all(p > 0 for p in posterior)


def test_shares_are_smoothed() -> None:
    votes = [says("a", "good"), says("b", "good"), says("c", "bad"), silent("d")]
    assert shares(votes, LABELS) == pytest.approx((7 / 12, 4 / 12, 1 / 12))
    assert shares([], LABELS) == pytest.approx((1 / 3,) * 3)


def test_a_majority_is_worth_what_gold_says_it_is() -> None:
    """Two who always agree and are right in three of four rows."""
    golds = ["good", "bad"] * 200
    said = [
        g if i % 8 not in (0, 3) else {"good": "bad", "bad": "good"}[g] for i, g in enumerate(golds)
    ]
    rows = [
        gold_row(g, i, says("a", s), says("b", s))
        for i, (g, s) in enumerate(zip(golds, said, strict=True))
    ]
    fitted = MajorityVote().fit(GoldTable(("good", "bad"), tuple(rows)))
    posterior = fitted.posterior([says("a", "good"), says("b", "good")], ANY)
    assert posterior[0] == pytest.approx(0.75, abs=0.03)


def test_weights_are_log_odds_of_smoothed_accuracy() -> None:
    fitted = WeightedVote().fit(TABLE)
    strong = accuracy_of("strong", TABLE)
    assert strong == pytest.approx(0.93, abs=0.03)
    assert fitted.weights["strong"] == pytest.approx(log(2 * strong / (1 - strong)))
    two_against_one = [says("weak", "bad"), says("fair", "bad"), says("strong", "good")]
    assert (
        fitted.posterior(two_against_one, ANY).index(max(fitted.posterior(two_against_one, ANY)))
        == 0
    )
    assert MajorityVote().fit(TABLE).posterior(two_against_one, ANY)[1] > 0.4


def test_whoever_is_worse_than_chance_speaks_against_its_label() -> None:
    rows = [
        gold_row("good" if i % 2 else "bad", i, says("liar", "bad" if i % 2 else "good"))
        for i in range(60)
    ]
    fitted = WeightedVote().fit(GoldTable(("good", "bad"), tuple(rows)))
    assert fitted.weights["liar"] < 0
    assert fitted.posterior([says("liar", "good")], ANY)[1] > 0.9


def test_the_best_single_is_heard_and_nobody_else() -> None:
    fitted = BestSingle().fit(TABLE)
    assert [single.name for single in fitted.ranked] == ["strong", "fair", "weak"]
    alone = fitted.posterior([says("strong", "good")], ANY)
    assert alone[0] == pytest.approx(accuracy_of("strong", TABLE), abs=0.05)
    assert fitted.posterior([says("weak", "bad"), says("strong", "good")], ANY) == alone


def test_the_next_best_speaks_where_the_best_is_silent() -> None:
    fitted = BestSingle().fit(TABLE)
    votes = [silent("strong"), says("weak", "bad"), says("fair", "mixed")]
    assert fitted.posterior(votes, ANY)[2] == pytest.approx(accuracy_of("fair", TABLE), abs=0.05)


def test_its_confidence_is_calibrated_and_only_of_the_same_source() -> None:
    rows = overconfident_rows(("good", "bad"), 400, seeded(3))
    fitted = BestSingle().fit(GoldTable(("good", "bad"), tuple(rows)))
    sure = {"good": 0.99, "bad": 0.01}
    posterior = fitted.posterior([shows("m", sure)], ANY)
    assert 0.7 < posterior[0] < 0.95
    stated = fitted.posterior([shows("m", sure, Source.STATED)], ANY)
    assert stated[0] == pytest.approx(fitted.ranked[0].accuracy, abs=0.05)


def test_too_few_confidences_are_not_looked_at() -> None:
    rows = overconfident_rows(("good", "bad"), 19, seeded(3))
    fitted = BestSingle().fit(GoldTable(("good", "bad"), tuple(rows)))
    assert fitted.ranked[0].source is Source.NONE
