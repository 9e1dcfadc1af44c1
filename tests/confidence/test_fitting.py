"""What a fit makes of how its gold was drawn and who answered it."""

from __future__ import annotations

from dataclasses import replace
from math import exp, sqrt
from statistics import fmean, stdev

import pytest
from confidence_cases import gold_row, noisy_rows, regrouped, relabelled, says, seeded

from stepladder.confidence import Fit, GoldRow, Wanted, fit_gold
from stepladder.confidence.agreement import agreement
from stepladder.confidence.annotator import Untrusted
from stepladder.confidence.fit import set_name
from stepladder.confidence.fitting import unfitted
from stepladder.types import NO_CONFIDENCE, Candidate, Confidence, Labelled, Source, Vote

LABELS = ("no", "yes")
ONE = Wanted(LABELS, ("m",))


def stratified(seed: int) -> list[GoldRow]:
    """Of 9000 candidates that "m" calls no and 1000 that it calls yes, 100 each are drawn.

    It is right nine times in ten of either: 0.9 * 0.1 + 0.1 * 0.9 = 18 % are yes.
    """
    rng, found = seeded(seed), []
    for said, chance in (("no", 100 / 9000), ("yes", 100 / 1000)):
        for number in range(100):
            other = LABELS[said == "no"]
            gold = said if rng.random() < 0.9 else other
            found.append(gold_row(gold, f"{said}{number}", says("m", said), sampled=chance))
    return found


def share(fit: Fit) -> float:
    return exp(fit.log_prior[1])


def test_a_stratified_sample_recovers_the_populations_prior() -> None:
    found = [share(fit_gold(ONE, stratified(seed))) for seed in range(12)]
    # One row of each label is added to 200.
    expected = (0.18 * 200 + 1) / 202
    assert abs(fmean(found) - expected) < 3 * stdev(found) / sqrt(len(found))
    assert stdev(found) < 0.05


def test_taken_as_if_drawn_evenly_it_would_be_far_off() -> None:
    even = [replace(row, candidate=replace(row.candidate, sampled=1.0)) for row in stratified(0)]
    assert share(fit_gold(ONE, even)) > 0.4


def test_chances_that_are_all_alike_change_nothing() -> None:
    rows = noisy_rows(LABELS, 60, {"m": 0.8}, seeded(0))
    alike = [replace(row, candidate=replace(row.candidate, sampled=0.25)) for row in rows]
    assert fit_gold(ONE, alike) == fit_gold(ONE, rows)


def hard_and_easy(seed: int) -> list[GoldRow]:
    """The weak one is right of what is easy, and guesses at the hard third; so does the strong."""
    rng, found = seeded(seed), []
    for number in range(240):
        gold = rng.choice(LABELS)
        hard = number % 3 == 0
        weak = rng.choice(LABELS) if hard else gold
        strong = gold if rng.random() < (0.7 if hard else 1.0) else LABELS[gold == "no"]
        found.append(gold_row(gold, number, says("weak", weak), says("strong", strong)))
    return found


BOTH = Wanted(LABELS, ("weak", "strong"), (("weak",), ("weak", "strong")))


def test_only_rows_that_all_answered_enter_a_sets_pool() -> None:
    """The strong one answered only what was hard: no sample of all, and no more than 80 rows."""
    rows = [
        row if n % 3 == 0 else replace(row, votes={"weak": row.votes["weak"]})
        for n, row in enumerate(hard_and_easy(0))
    ]
    fit = fit_gold(BOTH, rows)
    assert fit.annotators["weak"].rows == fit.pools[set_name(("weak",))].rows == 240
    assert fit.annotators["strong"].rows == fit.pools[set_name(("weak", "strong"))].rows == 80


def test_what_one_annotator_is_taken_for_does_not_hang_on_who_else_answered() -> None:
    """The escalated rest would make the weak one look like a coin."""
    rows = hard_and_easy(1)
    some = [
        row if n % 3 == 0 else replace(row, votes={"weak": row.votes["weak"]})
        for n, row in enumerate(rows)
    ]
    partly, wholly = fit_gold(BOTH, some), fit_gold(BOTH, rows)
    assert partly.annotators["weak"] == wholly.annotators["weak"]
    assert exp(partly.annotators["weak"].confusion.rows[0][0]) == pytest.approx(5 / 6, abs=0.06)


def test_rows_without_any_vote_still_count_for_the_prior() -> None:
    rows = noisy_rows(LABELS, 60, {"m": 0.8}, seeded(0))
    more = [gold_row("yes", f"unanswered {n}") for n in range(60)]
    assert share(fit_gold(ONE, [*rows, *more])) == pytest.approx((30 + 60 + 1) / 122)


def test_a_label_never_seen_is_named() -> None:
    labels = ("no", "yes", "other")
    rows = noisy_rows(LABELS, 60, {"m": 0.8}, seeded(0))
    fit = fit_gold(Wanted(labels, ("m",)), rows)
    assert fit.unseen == ("other",)
    assert exp(fit.log_prior[2]) == pytest.approx(1 / 63)


def test_votes_that_name_a_label_never_seen_count_as_before_any_gold() -> None:
    """Gold cannot tell that two who agree on it are wrong, and must not overrule them."""
    labels = ("no", "yes", "other")
    rows = noisy_rows(LABELS, 60, {"weak": 0.8, "strong": 0.9}, seeded(0))
    wanted = Wanted(labels, ("weak", "strong"), (("weak",), ("strong", "weak")))
    fit, before = fit_gold(wanted, rows), unfitted(wanted)
    for said in (["other", "other"], ["yes", "other"]):
        votes = [Vote(n, Labelled(one)) for n, one in zip(("weak", "strong"), said, strict=True)]
        assert fit.posterior(votes, Candidate("c")) == before.posterior(votes, Candidate("c"))
        assert not fit.calibrated(votes)
    both = [Vote(name, Labelled("other")) for name in ("weak", "strong")]
    found = fit.posterior(both, Candidate("c"))
    assert found is not None
    assert found.top == "other"
    agreed = [Vote(name, Labelled("yes")) for name in ("weak", "strong")]
    assert fit.calibrated(agreed)
    assert fit.posterior(agreed, Candidate("c")) != before.posterior(agreed, Candidate("c"))


def test_without_trust_nothing_is_said_of_labels_never_seen() -> None:
    rows = noisy_rows(LABELS, 20, {"m": 0.8}, seeded(0))
    fit = fit_gold(Wanted(("no", "yes", "other"), ("m",)), rows)
    assert fit.unseen == ()
    assert [exp(x) for x in fit.log_prior] == pytest.approx([1 / 3] * 3)


def test_gold_of_one_group_that_contradicts_itself_is_two_rows() -> None:
    """People may disagree: both golds are counted, and they stay in one fold."""
    rows = noisy_rows(LABELS, 60, {"m": 0.9}, seeded(0))
    doubled = [*rows, *(regrouped(relabelled(row, "yes"), row.group) for row in rows)]
    fit = fit_gold(ONE, doubled)
    assert fit.rows == fit.annotators["m"].rows == 120
    assert share(fit) == pytest.approx((30 + 60 + 1) / 122)


def test_two_groups_are_enough_for_folds() -> None:
    rows = [
        regrouped(row, n // 3 % 2)
        for n, row in enumerate(noisy_rows(LABELS, 61, {"m": 0.8}, seeded(0)))
    ]
    fit = fit_gold(replace(ONE, sets=(("m",),)), rows)
    assert fit.annotators["m"].untrusted is None
    assert list(fit.pools) == [set_name(("m",))]


def test_why_an_annotator_is_not_trusted() -> None:
    rows = noisy_rows(LABELS, 60, {"m": 0.8}, seeded(0))
    cases = {
        Untrusted.TOO_FEW: rows[:29],
        Untrusted.ONE_GROUP: [regrouped(row, "one") for row in rows],
        Untrusted.ONE_LABEL: [relabelled(row, "yes") for row in rows],
    }
    for why, gold in cases.items():
        assert fit_gold(ONE, gold).annotators["m"].untrusted is why


def test_gold_of_unequal_weight_is_trusted_by_what_it_is_worth() -> None:
    """40 rows of which ten stand for nearly all are no 30 rows."""
    rows = noisy_rows(LABELS, 40, {"m": 0.8}, seeded(0))
    unequal = [
        replace(row, candidate=replace(row.candidate, sampled=0.001 if n < 10 else 1.0))
        for n, row in enumerate(rows)
    ]
    fit = fit_gold(ONE, unequal).annotators["m"]
    assert fit.rows == 40
    assert fit.worth == pytest.approx(10, abs=0.5)
    assert fit.untrusted is Untrusted.TOO_FEW


def test_gold_whose_folds_have_one_label_each_calibrates_nothing() -> None:
    rows = [regrouped(row, row.gold) for row in noisy_rows(LABELS[:2], 60, {"m": 0.8}, seeded(0))]
    wanted = replace(ONE, labels=LABELS[:2])
    assert fit_gold(wanted, rows).annotators["m"].untrusted is Untrusted.ONE_LABEL


def test_gold_that_calibrates_nobody_leaves_no_prior() -> None:
    """Of one label only: a vote for the other one still stands."""
    labels = ("good", "bad")
    rows = [gold_row("good", n, says("m", "good")) for n in range(72)]
    fit = fit_gold(Wanted(labels, ("m",), (("m",),)), rows)
    found = fit.posterior([Vote("m", Labelled("bad"))], Candidate("c"))
    assert found == unfitted(Wanted(labels, ("m",))).posterior(
        [Vote("m", Labelled("bad"))], Candidate("c")
    )
    assert found is not None
    assert found.top == "bad"


def test_an_annotator_with_too_little_gold_is_not_overruled_by_the_others_gold() -> None:
    rows = [
        gold_row("yes" if n % 10 else "no", n, says("known", "yes" if n % 10 else "no"))
        for n in range(60)
    ]
    fit = fit_gold(Wanted(LABELS, ("known", "new")), rows)
    found = fit.posterior([Vote("new", Labelled("no"))], Candidate("c"))
    assert found is not None
    assert found.probabilities == pytest.approx((2 / 3, 1 / 3))


def mixed(bare: int, seed: int = 0) -> list[GoldRow]:
    """60 rows with confidence, right in 19 of 20; others without, right in 12 of 20."""
    rng, rows = seeded(seed), []
    for number in range(60 + bare):
        sure = number < 60
        gold = LABELS[number % 2]
        right = rng.random() < (0.95 if sure else 0.6)
        said = gold if right else LABELS[1 - number % 2]
        shown = Confidence(Source.TOKEN_PROBABILITIES, {said: 0.9}) if sure else NO_CONFIDENCE
        rows.append(gold_row(gold, number, Vote("m", Labelled(said), shown)))
    return rows


def test_votes_without_confidence_have_a_fit_of_their_own_beside_others_that_have_some() -> None:
    """Which votes have none is not random: a shared first token, a number left out."""
    vote = Vote("m", Labelled("yes"))
    found = []
    for seed in range(8):
        fit = fit_gold(ONE, mixed(60, seed))
        assert fit.calibrated([vote])
        posterior = fit.posterior([vote], Candidate("c"))
        assert posterior is not None
        found.append(posterior.of("yes"))
    assert fmean(found) == pytest.approx(0.6, abs=0.06)


@pytest.mark.parametrize("bare", [0, 10])
def test_with_too_few_of_them_they_are_not_calibrated(bare: int) -> None:
    fit = fit_gold(ONE, mixed(bare))
    assert not fit.calibrated([Vote("m", Labelled("yes"))])
    assert fit.calibrated([mixed(0)[0].votes["m"]])


def test_a_low_stated_confidence_does_not_name_another_label() -> None:
    labels = ("positive", "negative", "mixed")
    fit = unfitted(Wanted(labels, ("m",)))
    for label in labels:
        vote = Vote("m", Labelled(label), Confidence(Source.STATED, {label: 0.01}))
        found = fit.posterior([vote], Candidate("c"))
        assert found is not None
        assert found.top == label
        assert found.of(label) == pytest.approx(1 / 3, abs=1e-5)


@pytest.mark.parametrize("first", ["negative", "mixed"])
def test_of_labels_drawn_equally_often_the_first_one_drawn_wins_before_gold(first: str) -> None:
    labels = ("positive", "negative", "mixed")
    fit = unfitted(Wanted(labels, ("m",)))
    other = "mixed" if first == "negative" else "negative"
    drawn = [Vote("m", Labelled(label)) for label in (first, other, other, first)]
    found = fit.posterior([agreement(drawn, Source.SAMPLES, labels)], Candidate("c"))
    assert found is not None
    assert found.top == first
    assert found.of(first) == pytest.approx(found.of(other), abs=1e-5)
