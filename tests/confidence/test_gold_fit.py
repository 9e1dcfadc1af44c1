"""A fit as a whole: votes to a posterior, with much, little or no gold."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt

import pytest
from confidence_cases import (
    ANY,
    gold_row,
    noisy_rows,
    normalised_exp,
    overconfident_rows,
    probabilities,
    regrouped,
    relabelled,
    says,
    seeded,
    shows,
    silent,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.confidence import Fit, GoldRow, Wanted, fit_gold, unfitted
from stepladder.confidence.annotator import AnnotatorFit, Calibrator, Scaled, Untrusted
from stepladder.confidence.combining import Pool
from stepladder.confidence.confusion import Confusion
from stepladder.confidence.fit import set_name
from stepladder.confidence.platt import Platt
from stepladder.confidence.question import QuestionTerm
from stepladder.types import Labelled, Source, Vote

LABELS = ("good", "bad", "mixed")
RATES = {"weak": 0.6, "fair": 0.7, "strong": 0.85}
TRIO = tuple(RATES)
ROWS = noisy_rows(LABELS, 90, RATES, seeded(0))
WANTED = Wanted(LABELS, TRIO, (("weak", "fair"),))
FITTED = fit_gold(WANTED, ROWS)
ONE = Wanted(LABELS, ("m",))
CONFIDENT = fit_gold(ONE, overconfident_rows(LABELS, 60, seeded(9)))


def test_votes_without_a_label_have_no_posterior() -> None:
    assert FITTED.posterior([], ANY) is None
    assert FITTED.posterior([silent("weak"), silent("strong")], ANY) is None
    assert not FITTED.calibrated([silent("weak")])


def test_a_vote_without_a_label_changes_nothing() -> None:
    votes = [says("weak", "good"), silent("fair"), says("strong", "bad")]
    assert FITTED.posterior(votes, ANY) == FITTED.posterior([votes[0], votes[2]], ANY)


def test_one_calibrated_vote_gives_its_calibrated_probabilities_back() -> None:
    """Whatever gold's prior, and whatever a set of several would weigh."""
    rows = overconfident_rows(("good", "bad"), 90, seeded(1))
    skewed = [row for row in rows if row.gold == "good" or int(row.group[1:]) % 3]
    pair = [
        replace(row, votes={**row.votes, "twin": replace(row.votes["m"], annotator="twin")})
        for row in skewed
    ]
    fit = fit_gold(Wanted(("good", "bad"), ("m", "twin")), pair)
    scaling = fit.annotators["m"].sources[Source.TOKEN_PROBABILITIES].scaling
    assert scaling is not None
    assert fit.shared != 1.0
    for p in (0.99, 0.6, 0.3):
        shown = probabilities(fit, shows("m", {"good": p, "bad": 1 - p}))
        assert shown == pytest.approx(scaling.calibrated((p, 1 - p)))


def test_a_vote_at_the_annotators_accuracy_is_weighed_by_bayes() -> None:
    """Of 21 yes and 19 no, 18 and 16 are said right: errors are all alike."""
    pairs = [("yes", "yes")] * 18 + [("no", "yes")] * 3 + [("no", "no")] * 16 + [("yes", "no")] * 3
    rows = [gold_row(gold, n, says("m", said)) for n, (said, gold) in enumerate(pairs)]
    fit = fit_gold(Wanted(("yes", "no"), ("m",)), rows)
    assert fit.annotators["m"].calibrator is Calibrator.ACCURACY
    # Prior 22/42 and 20/42; right 36 times of 43.
    yes, no = 22 * 36, 20 * 7
    assert probabilities(fit, says("m", "yes")) == pytest.approx(
        (yes / (yes + no), no / (yes + no))
    )


def test_a_vote_whose_errors_have_a_direction_is_weighed_by_bayes() -> None:
    """All 40 yes are said right, and so are 10 of 40 no."""
    pairs = [("yes", "yes")] * 40 + [("no", "no")] * 10 + [("yes", "no")] * 30
    rows = [gold_row(gold, n, says("m", said)) for n, (said, gold) in enumerate(pairs)]
    fit = fit_gold(Wanted(("yes", "no"), ("m",)), rows)
    assert fit.annotators["m"].calibrator is Calibrator.CONFUSION
    # Even prior; right 52 of 83 overall, of which 20 rows are mixed in.
    of_yes, of_no = (40 + 20 * 52 / 83) / 60, (30 + 20 * 31 / 83) / 60
    whole = of_yes + of_no
    assert probabilities(fit, says("m", "yes")) == pytest.approx((of_yes / whole, of_no / whole))


@settings(max_examples=60)
@given(st.data())
def test_posteriors_sum_to_one_whatever_the_votes_and_their_order(data: st.DataObject) -> None:
    names = data.draw(st.permutations(TRIO))[: data.draw(st.integers(1, 3))]
    votes = [says(name, data.draw(st.sampled_from(LABELS))) for name in names]
    found = probabilities(FITTED, *votes)
    assert sum(found) == pytest.approx(1)
    assert all(p > 0 for p in found)
    shuffled = probabilities(FITTED, *data.draw(st.permutations(votes)))
    assert shuffled == pytest.approx(found, rel=1e-12)


def test_the_same_annotator_asked_twice_counts_once() -> None:
    once = FITTED.posterior([says("weak", "good"), says("strong", "bad")], ANY)
    votes = [says("weak", "good"), says("weak", "good"), says("strong", "bad")]
    assert FITTED.posterior(votes, ANY) == once


def test_a_set_without_a_pool_of_its_own_shares_one_factor() -> None:
    votes = [says("strong", "bad"), says("fair", "bad")]
    vectors = [
        FITTED.annotators[v.annotator].vector(v, LABELS, FITTED.log_prior, "label") or ()
        for v in votes
    ]
    weight = FITTED.shared / sqrt(2)
    scores = [
        prior + weight * (a + b) for prior, a, b in zip(FITTED.log_prior, *vectors, strict=True)
    ]
    assert probabilities(FITTED, *votes) == pytest.approx(normalised_exp(scores))


def test_only_sets_of_calibrated_annotators_get_a_pool() -> None:
    rows = [
        replace(row, votes={n: v for n, v in row.votes.items() if n != "fair" or i < 20})
        for i, row in enumerate(ROWS)
    ]
    sets = (("weak",), ("weak", "strong"), ("weak", "fair"))
    fit = fit_gold(Wanted(LABELS, TRIO, sets), rows)
    assert [fit.annotators[name].calibrated for name in TRIO] == [True, False, True]
    assert list(fit.pools) == [set_name(("weak",)), set_name(("weak", "strong"))]
    assert fit.annotators["fair"].rows == 20


def test_names_of_annotators_do_not_run_together() -> None:
    rates = {"a": 0.8, "b": 0.8, "a+b": 0.8, "c": 0.8}
    rows = noisy_rows(LABELS, 60, rates, seeded(0))
    sets = (("a", "b", "c"), ("a+b", "c"))
    fit = fit_gold(Wanted(LABELS, tuple(rates), sets), rows)
    assert sorted(len(pool.weights) for pool in fit.pools.values()) == [2, 3]
    assert fit.posterior([says("a+b", "good"), says("c", "bad")], ANY) is not None


def test_29_of_30_rows_teach_nothing_and_the_fit_says_so() -> None:
    fit = fit_gold(Wanted(LABELS, TRIO, (TRIO,)), ROWS[:29])
    votes = [says("weak", "good"), says("strong", "good")]
    assert not fit.calibrated(votes)
    assert {one.calibrator for one in fit.annotators.values()} == {Calibrator.NONE}
    assert {one.untrusted for one in fit.annotators.values()} == {Untrusted.TOO_FEW}
    assert {one.rows for one in fit.annotators.values()} == {29}
    assert fit.posterior(votes, ANY) == unfitted(WANTED).posterior(votes, ANY)


def test_the_30th_row_is_enough() -> None:
    fit = fit_gold(Wanted(LABELS, TRIO, (TRIO,)), ROWS[:30])
    assert all(one.calibrated for one in fit.annotators.values())
    assert list(fit.pools) == [set_name(TRIO)]


def test_the_fit_says_which_calibrator_a_source_has() -> None:
    few = fit_gold(ONE, overconfident_rows(LABELS, 29, seeded(0)))
    assert few.annotators["m"].calibrator_of(Source.TOKEN_PROBABILITIES) is Calibrator.NONE
    one = CONFIDENT.annotators["m"]
    # What was distorted is a temperature, and nothing richer holds up better.
    assert one.calibrator_of(Source.TOKEN_PROBABILITIES) is Calibrator.TEMPERATURE
    assert one.calibrator_of(Source.NONE) is one.calibrator
    assert one.main_source is Source.TOKEN_PROBABILITIES
    assert FITTED.annotators["weak"].main_source is Source.NONE


def test_every_method_that_was_tried_is_told_with_its_loss() -> None:
    scaled = CONFIDENT.annotators["m"].sources[Source.TOKEN_PROBABILITIES]
    assert scaled.rows == 60
    assert {Calibrator.TEMPERATURE, Calibrator.PLATT, Calibrator.BETA} < set(scaled.losses)
    # A row is wrong by at least its share of chance: never better than knowing 3 labels' odds.
    assert all(0.3 < loss < 2 * log(3) for loss in scaled.losses.values())


def test_one_uncalibrated_annotator_makes_the_whole_posterior_uncalibrated() -> None:
    strangers = unfitted(Wanted(LABELS, ("new",))).annotators
    fit = FITTED.model_copy(update={"annotators": {**FITTED.annotators, **strangers}})
    assert fit.calibrated([says("weak", "good"), says("strong", "good")])
    assert not fit.calibrated([says("weak", "good"), says("new", "good")])
    assert fit.calibrated([says("weak", "good"), silent("new")])


def test_before_any_gold_raw_probabilities_stand_as_they_are() -> None:
    shown = {"good": 0.7, "bad": 0.2, "mixed": 0.1}
    assert probabilities(unfitted(ONE), shows("m", shown)) == pytest.approx((0.7, 0.2, 0.1))


def test_raw_probabilities_stand_beside_calibrated_annotators_too() -> None:
    """The prior learnt from gold is not laid on top of an uncalibrated annotator's own."""
    rows = [relabelled(row, "bad") if n % 9 else row for n, row in enumerate(ROWS)]
    fit = fit_gold(Wanted(LABELS, (*TRIO, "new")), rows)
    shown = {"good": 0.7, "bad": 0.2, "mixed": 0.1}
    assert fit.annotators["weak"].calibrated
    assert probabilities(fit, shows("new", shown)) == pytest.approx((0.7, 0.2, 0.1))


def test_token_probabilities_too_rare_to_be_calibrated_are_not_used_raw() -> None:
    """Of 90 rows only 10 had them: the vote counts by its label, for which there is a fit."""
    rows = [
        replace(row, votes={"m": shows("m", {row.votes["weak"].label or "": 0.99})})
        if i < 10
        else replace(row, votes={"m": replace(row.votes["weak"], annotator="m")})
        for i, row in enumerate(ROWS)
    ]
    fit = fit_gold(ONE, rows)
    assert fit.annotators["m"].sources == {}
    assert probabilities(fit, shows("m", {"good": 0.999999})) == (
        probabilities(fit, says("m", "good"))
    )


def states(label: str, p: float) -> Vote:
    return shows("m", {label: p}, Source.STATED)


def test_stated_confidence_is_calibrated_like_any_other() -> None:
    """It is always 95 % sure, and right in 60 of 100 rows."""
    other = {"good": "bad", "bad": "good"}
    rows = [
        gold_row(label if i % 5 < 3 else other[label], i, states(label, 0.95))
        for i, label in enumerate(["good", "bad"] * 50)
    ]
    fit = fit_gold(Wanted(("good", "bad"), ("m",)), rows)
    assert fit.annotators["m"].main_source is Source.STATED
    # So hot a temperature is pulled back a little by its ridge.
    assert probabilities(fit, states("good", 0.95)) == pytest.approx((0.6, 0.4), abs=0.04)


def test_confidence_that_says_nothing_beyond_the_label_is_left_out() -> None:
    """What it states is chance, whatever is right: its accuracy alone is simpler."""
    rng = seeded(4)
    rows = [
        replace(row, votes={"m": states(row.votes["weak"].label or "", rng.uniform(0.5, 1.0))})
        for row in noisy_rows(LABELS, 200, {"weak": 0.6}, rng)
    ]
    fit = fit_gold(ONE, rows)
    scaled = fit.annotators["m"].sources[Source.STATED]
    assert scaled.scaling is None
    assert scaled.calibrator is Calibrator.ACCURACY
    assert probabilities(fit, states("bad", 0.99)) == probabilities(fit, states("bad", 0.5))


@pytest.mark.parametrize("source", [Source.STATED, Source.SAMPLES, Source.VARIANTS])
def test_a_calibrator_is_never_used_for_confidence_of_another_source(source: Source) -> None:
    assert list(CONFIDENT.annotators["m"].sources) == [Source.TOKEN_PROBABILITIES]
    foreign = shows("m", {"bad": 0.99}, source)
    assert probabilities(CONFIDENT, foreign) == probabilities(CONFIDENT, says("m", "bad"))


def test_two_sources_of_one_annotator_have_a_calibrator_each() -> None:
    """Tokens three times too sure, and stated confidence that is right as it is."""
    rng = seeded(5)
    tokens = overconfident_rows(LABELS, 150, rng)
    stated = []
    for number in range(150):
        p, label = rng.uniform(0.4, 1.0), rng.choice(LABELS)
        others = [one for one in LABELS if one != label]
        gold = label if rng.random() < p else rng.choice(others)
        stated.append(gold_row(gold, f"s{number}", states(label, p)))
    both = fit_gold(ONE, [*tokens, *stated]).annotators["m"].sources
    alone = {
        Source.TOKEN_PROBABILITIES: fit_gold(ONE, tokens).annotators["m"].sources,
        Source.STATED: fit_gold(ONE, stated).annotators["m"].sources,
    }
    assert set(both) == set(alone)
    for source, own in alone.items():
        assert list(own) == [source]
        assert both[source].rows == 150
        assert both[source].scaling == own[source].scaling


def test_gold_in_a_single_group_is_not_trusted() -> None:
    """None could be held out: whatever it taught would be untested."""
    rows = [regrouped(row, "one document") for row in ROWS]
    fit = fit_gold(Wanted(LABELS, TRIO, (TRIO,)), rows)
    assert fit.pools == {}
    assert fit.shared == 1
    assert {one.untrusted for one in fit.annotators.values()} == {Untrusted.ONE_GROUP}
    assert not fit.calibrated([says("weak", "good")])


@pytest.mark.parametrize("confident", [True, False])
def test_gold_of_a_single_label_is_not_trusted(confident: bool) -> None:
    """An annotator that says the one label is right on all of it, and knows nothing."""
    vote = shows("m", {"good": 0.7, "bad": 0.2, "mixed": 0.1}) if confident else says("m", "good")
    rows = [gold_row("good", n, vote) for n in range(60)]
    fit = fit_gold(ONE, rows)
    assert fit.annotators["m"].untrusted is Untrusted.ONE_LABEL
    assert not fit.calibrated([vote])
    if confident:
        assert probabilities(fit, vote) == pytest.approx((0.7, 0.2, 0.1))


def test_gold_that_nobody_answered_together_makes_no_pool() -> None:
    rows = [
        replace(row, votes={name: row.votes[name]})
        for row, name in zip(ROWS, ["weak"] * 30 + ["fair"] * 30 + ["strong"] * 30, strict=True)
    ]
    fit = fit_gold(Wanted(LABELS, TRIO, (TRIO, ("weak",)), minimum=20), rows)
    assert all(one.calibrated for one in fit.annotators.values())
    assert list(fit.pools) == [set_name(("weak",))]
    assert fit.shared == 1


@pytest.mark.parametrize(("count", "rows"), [(2, 40), (12, 40), (12, 125)])
def test_few_and_many_labels(count: int, rows: int) -> None:
    labels = tuple(f"label {number}" for number in range(count))
    gold = overconfident_rows(labels, rows, seeded(4))
    found = probabilities(fit_gold(Wanted(labels, ("m",)), gold), gold[0].votes["m"])
    assert len(found) == count
    assert sum(found) == pytest.approx(1)
    assert all(p > 0 for p in found)


@pytest.mark.parametrize("rows", [30, 90])
def test_a_label_that_gold_lacks_is_named_and_keeps_a_chance(rows: int) -> None:
    """Even where the annotator leaves it out."""
    votes = {"good": {"good": 0.8, "bad": 0.2}, "bad": {"good": 0.1, "bad": 0.9}}
    gold = ["good", "bad"] * (rows // 2)
    known = [gold_row(g, n, shows("m", votes[g])) for n, g in enumerate(gold)]
    fit = fit_gold(Wanted(LABELS, ("m",), minimum=20), known)
    assert fit.unseen == ("mixed",)
    assert probabilities(fit, shows("m", votes["good"]))[2] > 0
    assert probabilities(fit, shows("m", {"good": 0.01, "mixed": 0.99}))[2] > 0


@pytest.mark.parametrize(
    "shown",
    [
        {"good": 1.0, "bad": 0.0, "mixed": 0.0},
        {"good": 1.0},
        {"good": 0.0, "bad": 0.0},
        {},
        {"good": float("nan"), "bad": 0.5},
        {"good": -1.0, "bad": 2.0},
        {"good": 0.9, "bad": 0.9},
        {"good": 150.0},
        {"good": 1e-320, "bad": 0.0, "mixed": 0.0},
    ],
)
@pytest.mark.parametrize("rows", [0, 29, 60])
def test_no_confidence_however_odd_breaks_a_posterior(shown: dict[str, float], rows: int) -> None:
    fit = fit_gold(replace(ONE, minimum=29), overconfident_rows(LABELS, rows, seeded(5)))
    vote = replace(shows("m", {"good": 1.0}), outcome=Labelled("good"))
    vote = replace(vote, confidence=replace(vote.confidence, by_label=shown))
    found = probabilities(fit, vote)
    assert sum(found) == pytest.approx(1)
    assert all(p > 0 for p in found)


@pytest.mark.parametrize("bad", [{"good": float("nan")}, {"good": 0.9, "bad": 0.9}, {"good": -0.5}])
def test_numbers_that_are_no_probabilities_leave_the_label(bad: dict[str, float]) -> None:
    vote = replace(says("m", "good"), confidence=shows("m", {"good": 1.0}).confidence)
    vote = replace(vote, confidence=replace(vote.confidence, by_label=bad))
    assert probabilities(CONFIDENT, vote) == probabilities(CONFIDENT, says("m", "good"))


def test_odd_confidence_on_gold_is_not_learnt_from() -> None:
    rows = overconfident_rows(LABELS, 60, seeded(9))
    odd = [
        gold_row(
            row.gold, f"odd {n}", replace(row.votes["m"], confidence=shows("m", bad).confidence)
        )
        for n, row in enumerate(rows)
        for bad in [{"good": float("nan")}, {"good": 0.8, "bad": 0.8}]
    ]
    fit = fit_gold(ONE, [*rows, *odd])
    assert fit.annotators["m"].rows == 180
    assert fit.annotators["m"].sources[Source.TOKEN_PROBABILITIES].rows == 60


def test_labels_that_begin_alike_are_kept_apart() -> None:
    labels = ("no", "none", "no opinion")
    fit = fit_gold(Wanted(labels, ("m",)), noisy_rows(labels, 90, {"m": 0.8}, seeded(2)))
    for place, label in enumerate(labels):
        found = probabilities(fit, says("m", label))
        assert max(found) == found[place]


def test_certain_votes_on_gold_can_be_fitted() -> None:
    pairs = [("good", "good"), ("bad", "bad"), ("mixed", "good")] * 20
    rows = [gold_row(g, n, shows("m", {said: 1.0})) for n, (g, said) in enumerate(pairs)]
    found = probabilities(fit_gold(ONE, rows), shows("m", {"good": 1.0}))
    assert found == pytest.approx((0.5, 0.0, 0.5), abs=0.1)


def test_failed_votes_are_no_rows() -> None:
    fit = fit_gold(ONE, [replace(row, votes={"m": silent("m")}) for row in ROWS])
    assert fit.annotators["m"].rows == 0
    assert not fit.annotators["m"].calibrated
    assert fit.rows == 90


def test_the_same_gold_and_seed_give_the_same_fit() -> None:
    assert fit_gold(WANTED, ROWS) == FITTED


@settings(max_examples=200)
@given(
    st.lists(st.floats(-1e3, 1e3), min_size=10, max_size=10),
    st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3),
)
def test_a_fit_read_back_from_json_decides_bit_for_bit_the_same(
    numbers: list[float], raw: list[float]
) -> None:
    platt = Platt(slopes=tuple(numbers[:3]), intercepts=tuple(numbers[3:6]))
    one = AnnotatorFit(
        rows=30,
        worth=30.0,
        untrusted=None,
        calibrator=Calibrator.ACCURACY,
        confusion=Confusion(rows=((-0.1, -3.0, -3.0), (-2.0, -0.3, -2.0), (-4.0, -0.1, -3.0))),
        sources={
            Source.TOKEN_PROBABILITIES: Scaled(
                rows=30,
                calibrator=Calibrator.PLATT,
                scaling=platt,
                losses={Calibrator.PLATT: 0.5},
            )
        },
        offset=(0.1, -0.3, 0.7),
    )
    pool = Pool(
        weights={"m": abs(numbers[6]), "n": abs(numbers[7])},
        question=abs(numbers[9]),
        text=0.0,
        rows=30,
        tried=(),
    )
    fit = Fit(
        labels=LABELS,
        rows=30,
        log_prior=(log(0.2), log(0.3), log(0.5)),
        annotators={"m": one, "n": one},
        pools={set_name(("m", "n")): pool},
        shared=abs(numbers[8]),
        question=QuestionTerm(by_question={"label": (0.3, -0.1, -0.2)}),
    )
    back = Fit.model_validate_json(fit.model_dump_json())
    votes = [shows("m", dict(zip(LABELS, raw, strict=True))), says("n", "bad")]
    assert back == fit
    assert back.posterior(votes, ANY) == fit.posterior(votes, ANY)


def test_a_fitted_fit_read_back_from_json_decides_bit_for_bit_the_same() -> None:
    rng = seeded(6)
    for rows in (25, 60):
        fit = fit_gold(replace(ONE, minimum=20), overconfident_rows(LABELS, rows, rng))
        back = Fit.model_validate_json(fit.model_dump_json())
        assert back == fit
        for row in overconfident_rows(LABELS, 50, rng):
            assert probabilities(back, row.votes["m"]) == probabilities(fit, row.votes["m"])


def test_weights_are_learnt_on_groups_that_the_calibrators_did_not_see() -> None:
    """Two who guess among 12 labels: seen again, each row's copies make them look knowing."""
    labels = tuple("abcdefghijkl")
    guesses = noisy_rows(labels, 48, {"one": 0.0, "two": 0.0}, seeded(8))
    rows = [row for row in guesses for _ in range(4)]
    wanted = Wanted(labels, ("one", "two"), (("one", "two"),))
    alone = [regrouped(row, number) for number, row in enumerate(rows)]
    assert gain(fit_gold(wanted, rows)) < 0.02 < gain(fit_gold(wanted, alone))


def gain(fit: Fit) -> float:
    """How far the best way to pool claims to beat the uniform guess, nats per row."""
    (pool,) = fit.pools.values()
    return log(len(fit.labels)) - min(one.loss for one in pool.tried)


def rows_of_questions(questions: int) -> list[GoldRow]:
    return [
        gold_row(LABELS[n % 3], n, says("m", LABELS[n % 3]), question=f"q{n % questions}")
        for n in range(60)
    ]


@pytest.mark.parametrize("questions", [1, 4])
def test_a_question_that_gold_did_not_have_is_answered_all_the_same(questions: int) -> None:
    fit = fit_gold(Wanted(LABELS, ("m",), (("m",),)), rows_of_questions(questions))
    stranger = replace(ANY, question="never asked")
    found = probabilities(fit, says("m", "good"), candidate=stranger)
    assert found[0] == max(found)
    assert sum(found) == pytest.approx(1)
