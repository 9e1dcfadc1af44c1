from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log, sqrt

import pytest
from confidence_cases import (
    noisy_rows,
    normalised_exp,
    overconfident_rows,
    says,
    seeded,
    shows,
    silent,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.confidence import Fit, GoldRow, fit_gold, unfitted
from stepladder.confidence.annotator import AnnotatorFit, Calibrator
from stepladder.confidence.confusion import fit_confusion
from stepladder.confidence.fit import set_name
from stepladder.confidence.platt import Platt
from stepladder.types import Confidence, Posterior, Source, Vote

LABELS = ("good", "bad", "mixed")
RATES = {"weak": 0.6, "fair": 0.7, "strong": 0.85}
TRIO = tuple(RATES)
ROWS = noisy_rows(LABELS, 90, RATES, seeded(0))
FITTED = fit_gold(LABELS, TRIO, [("weak", "fair")], rows=ROWS, minimum=30, seed=0)


def probabilities(fit: Fit, *votes: Vote) -> tuple[float, ...]:
    posterior = fit.posterior(votes)
    assert posterior is not None
    return posterior.probabilities


def fit_one(labels: Sequence[str], rows: Sequence[GoldRow], minimum: int = 30) -> Fit:
    return fit_gold(labels, ["m"], (), rows=rows, minimum=minimum, seed=0)


def test_votes_without_a_label_have_no_posterior() -> None:
    assert FITTED.posterior([]) is None
    assert FITTED.posterior([silent("weak"), silent("strong")]) is None
    assert not FITTED.calibrated([silent("weak")])


def test_a_vote_without_a_label_changes_nothing() -> None:
    votes = [says("weak", "good"), silent("fair"), says("strong", "bad")]
    assert FITTED.posterior(votes) == FITTED.posterior([votes[0], votes[2]])


def test_one_calibrated_vote_gives_its_calibrated_probabilities_back() -> None:
    """Whatever gold's prior, and whatever a set of several would weigh."""
    rows = overconfident_rows(("good", "bad"), 60, seeded(1))
    skewed = [row for row in rows if row.gold == "good" or int(row.group[1:]) % 3]
    pair = [
        replace(row, votes={**row.votes, "twin": replace(row.votes["m"], annotator="twin")})
        for row in skewed
    ]
    fit = fit_gold(("good", "bad"), ["m", "twin"], (), rows=pair, minimum=30, seed=0)
    scaling = fit.annotators["m"].scaling
    assert scaling is not None
    assert fit.shared != 1.0
    for p in (0.99, 0.6, 0.3):
        shown = probabilities(fit, shows("m", {"good": p, "bad": 1 - p}))
        assert shown == pytest.approx(scaling.calibrated((p, 1 - p)))


def test_one_vote_that_only_names_a_label_is_weighed_by_bayes() -> None:
    said = ["yes"] * 30 + ["no"] * 10
    gold = ["yes"] * 28 + ["no"] * 12
    rows = [
        GoldRow(g, str(i), {"m": says("m", s)})
        for i, (s, g) in enumerate(zip(said, gold, strict=True))
    ]
    fit = fit_one(("yes", "no"), rows)
    # Prior (28 + 1) / 42 and 13 / 42; says yes of yes (28 + 2) / 31, of no (2 + 1) / 15.
    yes, no = 29 * 30 / 31, 13 * 3 / 15
    assert probabilities(fit, says("m", "yes")) == pytest.approx(
        (yes / (yes + no), no / (yes + no))
    )


@settings(max_examples=60)
@given(st.data())
def test_posteriors_sum_to_one_whatever_the_votes_and_their_order(data: st.DataObject) -> None:
    names = data.draw(st.permutations(TRIO))[: data.draw(st.integers(1, 3))]
    votes = [says(name, data.draw(st.sampled_from(LABELS))) for name in names]
    posterior = FITTED.posterior(votes)
    assert posterior is not None
    assert sum(posterior.probabilities) == pytest.approx(1)
    assert all(p > 0 for p in posterior.probabilities)
    shuffled = FITTED.posterior(data.draw(st.permutations(votes)))
    assert shuffled is not None
    assert shuffled.probabilities == pytest.approx(posterior.probabilities, rel=1e-12)


def test_the_same_annotator_asked_twice_counts_once() -> None:
    once = FITTED.posterior([says("weak", "good"), says("strong", "bad")])
    votes = [says("weak", "good"), says("weak", "good"), says("strong", "bad")]
    assert FITTED.posterior(votes) == once


def test_a_set_without_a_fit_of_its_own_shares_one_factor() -> None:
    strong, fair = FITTED.annotators["strong"], FITTED.annotators["fair"]
    votes = [says("strong", "bad"), says("fair", "bad")]
    vectors = [
        one.vector(vote, LABELS, FITTED.log_prior) or ()
        for one, vote in zip((strong, fair), votes, strict=True)
    ]
    weight = FITTED.shared / sqrt(2)
    scores = [
        prior + weight * (a + b) for prior, a, b in zip(FITTED.log_prior, *vectors, strict=True)
    ]
    assert probabilities(FITTED, *votes) == pytest.approx(normalised_exp(scores))


def test_only_sets_of_calibrated_annotators_get_weights() -> None:
    rows = [
        replace(row, votes={n: v for n, v in row.votes.items() if n != "fair" or i < 20})
        for i, row in enumerate(ROWS)
    ]
    sets = [("weak",), ("weak", "strong"), ("weak", "fair")]
    fit = fit_gold(LABELS, TRIO, sets, rows=rows, minimum=30, seed=0)
    assert [fit.annotators[name].calibrated for name in TRIO] == [True, False, True]
    assert list(fit.weights) == [set_name(["weak", "strong"])]
    assert fit.annotators["fair"].rows == 20


def test_names_of_annotators_do_not_run_together() -> None:
    rates = {"a": 0.8, "b": 0.8, "a+b": 0.8, "c": 0.8}
    rows = noisy_rows(LABELS, 60, rates, seeded(0))
    sets = [("a", "b", "c"), ("a+b", "c")]
    fit = fit_gold(LABELS, list(rates), sets, rows=rows, minimum=30, seed=0)
    assert sorted(len(weights) for weights in fit.weights.values()) == [2, 3]
    assert fit.posterior([says("a+b", "good"), says("c", "bad")]) is not None


def test_with_too_little_gold_nothing_is_trusted_and_the_fit_says_so() -> None:
    few = [replace(row, gold="bad") for row in ROWS[:29]]
    fit = fit_gold(LABELS, TRIO, [TRIO], rows=few, minimum=30, seed=0)
    votes = [says("weak", "good"), says("strong", "good")]
    assert not fit.calibrated(votes)
    assert {one.calibrator for one in fit.annotators.values()} == {Calibrator.NONE}
    assert fit.posterior(votes) == unfitted(LABELS, TRIO).posterior(votes)


def test_with_enough_gold_the_fit_says_which_calibrator_it_is() -> None:
    rng = seeded(0)
    few, many = overconfident_rows(LABELS, 29, rng), overconfident_rows(LABELS, 31, rng)
    assert fit_one(LABELS, many).annotators["m"].calibrator is Calibrator.DIRICHLET
    assert fit_one(LABELS, few, minimum=29).annotators["m"].calibrator is Calibrator.PLATT
    assert FITTED.annotators["weak"].calibrator is Calibrator.CONFUSION
    assert fit_one(LABELS, few).annotators["m"].calibrator is Calibrator.NONE


def test_one_uncalibrated_annotator_makes_the_whole_posterior_uncalibrated() -> None:
    fit = FITTED.model_copy(
        update={"annotators": {**FITTED.annotators, **unfitted(LABELS, ["new"]).annotators}}
    )
    assert fit.calibrated([says("weak", "good"), says("strong", "good")])
    assert not fit.calibrated([says("weak", "good"), says("new", "good")])
    assert fit.calibrated([says("weak", "good"), silent("new")])


def test_before_any_gold_raw_probabilities_stand_as_they_are() -> None:
    shown = {"good": 0.7, "bad": 0.2, "mixed": 0.1}
    assert probabilities(unfitted(LABELS, ["m"]), shows("m", shown)) == pytest.approx(
        (0.7, 0.2, 0.1)
    )


def test_raw_probabilities_stand_beside_calibrated_annotators_too() -> None:
    """The prior learnt from gold is not laid on top of an uncalibrated annotator's own."""
    rows = [replace(row, gold="bad") for row in ROWS]
    fit = fit_gold(LABELS, [*TRIO, "new"], (), rows=rows, minimum=30, seed=0)
    shown = {"good": 0.7, "bad": 0.2, "mixed": 0.1}
    assert probabilities(fit, shows("new", shown)) == pytest.approx((0.7, 0.2, 0.1))


def test_token_probabilities_too_rare_to_be_calibrated_are_not_used_raw() -> None:
    """Of 90 rows only 10 had them: the vote counts by its label, for which there is a matrix."""
    rows = [
        replace(row, votes={"m": shows("m", {row.votes["weak"].label or "": 0.99})})
        if i < 10
        else replace(row, votes={"m": replace(row.votes["weak"], annotator="m")})
        for i, row in enumerate(ROWS)
    ]
    fit = fit_one(LABELS, rows)
    assert fit.annotators["m"].calibrator is Calibrator.CONFUSION
    assert fit.posterior([shows("m", {"good": 0.999999})]) == fit.posterior([says("m", "good")])


def states(label: str, p: float) -> Vote:
    return replace(says("m", label), confidence=Confidence(Source.STATED, {label: p}))


def test_stated_confidence_is_calibrated_like_any_other() -> None:
    """It is always 95 % sure, and right in 60 of 100 rows."""
    said = ["good", "bad"] * 50
    other = {"good": "bad", "bad": "good"}
    rows = [
        GoldRow(label if i % 5 < 3 else other[label], str(i), {"m": states(label, 0.95)})
        for i, label in enumerate(said)
    ]
    fit = fit_one(("good", "bad"), rows)
    assert fit.annotators["m"].source is Source.STATED
    assert probabilities(fit, states("good", 0.95)) == pytest.approx((0.6, 0.4), abs=0.03)


def test_a_calibrator_is_never_used_for_confidence_of_another_source() -> None:
    fit = fit_one(LABELS, overconfident_rows(LABELS, 60, seeded(9)))
    assert fit.annotators["m"].source is Source.TOKEN_PROBABILITIES
    assert fit.posterior([states("bad", 0.99)]) == fit.posterior([says("m", "bad")])


def test_gold_in_a_single_group_leaves_the_weights_equal() -> None:
    rows = [replace(row, group="one document") for row in ROWS]
    fit = fit_gold(LABELS, TRIO, [TRIO], rows=rows, minimum=30, seed=0)
    assert fit.shared == 1
    assert fit.weights[set_name(TRIO)] == pytest.approx(dict.fromkeys(TRIO, 1 / sqrt(3)))
    assert fit.calibrated([says("weak", "good")])


def test_gold_that_nobody_answered_together_leaves_the_weights_equal() -> None:
    rows = [
        replace(row, votes={name: row.votes[name]})
        for row, name in zip(ROWS, ["weak", "fair", "strong"] * 30, strict=True)
    ]
    fit = fit_gold(LABELS, TRIO, [TRIO], rows=rows, minimum=30, seed=0)
    assert fit.shared == 1
    assert fit.weights[set_name(TRIO)] == pytest.approx(dict.fromkeys(TRIO, 1 / sqrt(3)))


@pytest.mark.parametrize("count", [2, 30])
@pytest.mark.parametrize("rows", [40, 310])
def test_few_and_many_labels(count: int, rows: int) -> None:
    """40 rows are enough for Dirichlet with 2 labels, 310 with 30; else it is Platt."""
    labels = tuple(f"label {number}" for number in range(count))
    gold = overconfident_rows(labels, rows, seeded(4))
    fit = fit_one(labels, gold)
    shown = probabilities(fit, gold[0].votes["m"])
    assert len(shown) == count
    assert sum(shown) == pytest.approx(1)
    assert all(p > 0 for p in shown)


@pytest.mark.parametrize("confident", [True, False])
def test_gold_of_a_single_label_leaves_the_others_possible(confident: bool) -> None:
    vote = shows("m", {"good": 0.9, "bad": 0.1}) if confident else says("m", "good")
    rows = [GoldRow("good", str(i), {"m": vote}) for i in range(60)]
    shown = probabilities(fit_one(LABELS, rows), vote)
    assert shown[0] > 0.9
    assert all(p > 0 for p in shown)


@pytest.mark.parametrize("rows", [30, 90])
def test_a_label_that_gold_lacks_keeps_a_chance(rows: int) -> None:
    """By Platt with 30 rows and by Dirichlet with 90, even where the annotator leaves it out."""
    votes = {"good": {"good": 0.8, "bad": 0.2}, "bad": {"good": 0.1, "bad": 0.9}}
    gold = ["good", "bad"] * (rows // 2)
    known = [GoldRow(g, str(i), {"m": shows("m", votes[g])}) for i, g in enumerate(gold)]
    fit = fit_gold(LABELS, ["m"], (), rows=known, minimum=20, seed=0)
    assert probabilities(fit, shows("m", votes["good"]))[2] > 0
    assert probabilities(fit, shows("m", {"good": 0.01, "mixed": 0.99}))[2] > 0


@pytest.mark.parametrize(
    "shown",
    [{"good": 1.0, "bad": 0.0, "mixed": 0.0}, {"good": 1.0}, {"good": 0.0, "bad": 0.0}, {}],
)
@pytest.mark.parametrize("rows", [0, 29, 60])
def test_certainty_and_missing_labels_never_break_a_posterior(
    shown: dict[str, float], rows: int
) -> None:
    gold = overconfident_rows(LABELS, rows, seeded(5))
    fit = fit_one(LABELS, gold, minimum=29)
    vote = shows("m", {"good": 1.0, **shown})
    vote = replace(vote, confidence=replace(vote.confidence, by_label=shown))
    found = probabilities(fit, vote)
    assert sum(found) == pytest.approx(1)
    assert all(p > 0 for p in found)


def test_certain_votes_on_gold_can_be_fitted() -> None:
    rows = [
        GoldRow(g, str(i), {"m": shows("m", {said: 1.0})})
        for i, (g, said) in enumerate([("good", "good"), ("bad", "bad"), ("mixed", "good")] * 20)
    ]
    shown = probabilities(fit_one(LABELS, rows), shows("m", {"good": 1.0}))
    assert shown == pytest.approx((0.5, 0.0, 0.5), abs=0.06)


def test_failed_votes_are_no_rows() -> None:
    rows = [replace(row, votes={"m": silent("m")}) for row in ROWS]
    fit = fit_one(LABELS, rows)
    assert fit.annotators["m"].rows == 0
    assert not fit.annotators["m"].calibrated


def test_the_same_gold_and_seed_give_the_same_fit() -> None:
    again = fit_gold(LABELS, TRIO, [("weak", "fair")], rows=ROWS, minimum=30, seed=0)
    assert again == FITTED


@settings(max_examples=200)
@given(
    st.lists(st.floats(-1e3, 1e3), min_size=9, max_size=9),
    st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3),
)
def test_a_fit_read_back_from_json_decides_bit_for_bit_the_same(
    numbers: list[float], raw: list[float]
) -> None:
    one = AnnotatorFit(
        rows=30,
        calibrated=True,
        source=Source.TOKEN_PROBABILITIES,
        scaling=Platt(slopes=tuple(numbers[:3]), intercepts=tuple(numbers[3:6])),
        confusion=fit_confusion(LABELS, ["bad"], ["good"]),
    )
    fit = Fit(
        labels=LABELS,
        log_prior=(log(0.2), log(0.3), log(0.5)),
        annotators={"m": one, "n": one},
        weights={set_name(["m", "n"]): {"m": abs(numbers[6]), "n": abs(numbers[7])}},
        shared=abs(numbers[8]),
    )
    back = Fit.model_validate_json(fit.model_dump_json())
    votes = [shows("m", dict(zip(LABELS, raw, strict=True))), says("n", "bad")]
    assert back == fit
    assert back.posterior(votes) == fit.posterior(votes)


def test_a_fitted_fit_read_back_from_json_decides_bit_for_bit_the_same() -> None:
    rng = seeded(6)
    for rows in (25, 60):
        fit = fit_one(LABELS, overconfident_rows(LABELS, rows, rng), minimum=20)
        back = Fit.model_validate_json(fit.model_dump_json())
        assert back == fit
        for row in overconfident_rows(LABELS, 50, rng):
            posterior = back.posterior(list(row.votes.values()))
            assert isinstance(posterior, Posterior)
            assert posterior == fit.posterior(list(row.votes.values()))


def test_weights_are_learnt_on_groups_that_the_calibrators_did_not_see() -> None:
    """Two who guess among 12 labels: seen again, each row's copies make them look knowing."""
    labels = tuple("abcdefghijkl")
    guesses = noisy_rows(labels, 48, {"one": 0.0, "two": 0.0}, seeded(8))
    rows = [row for row in guesses for _ in range(4)]
    fit = fit_gold(labels, ["one", "two"], [("one", "two")], rows=rows, minimum=30, seed=0)
    assert max(fit.weights[set_name(["one", "two"])].values()) < 0.2
    alone = [replace(row, group=str(number)) for number, row in enumerate(rows)]
    leaky = fit_gold(labels, ["one", "two"], [("one", "two")], rows=alone, minimum=30, seed=0)
    assert min(leaky.weights[set_name(["one", "two"])].values()) > 0.4
