from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from confidence_cases import (
    gold_row,
    heard,
    noisy_rows,
    overconfident_rows,
    regrouped,
    relabelled,
    says,
    seeded,
    shows,
    silent,
    split_of,
)

from stepladder.confidence import GoldRow, GoldTable
from stepladder.confidence.annotator_fitting import fit_annotator
from stepladder.confidence.confusion import fit_confusion
from stepladder.confidence.heard import Heard, heard_of, held_out_labels, log_prior
from stepladder.confidence.question import held_out_question

LABELS = ("good", "bad", "mixed")


def test_the_prior_is_the_share_of_each_label_with_one_row_more_of_each() -> None:
    table = GoldTable(("good", "bad"), tuple(gold_row(g, n) for n, g in enumerate(["good"] * 3)))
    assert [exp(x) for x in log_prior(table)] == pytest.approx([4 / 5, 1 / 5])


def test_the_prior_of_rows_drawn_unevenly_is_that_of_what_they_stand_for() -> None:
    """One good row drawn from nine, one bad drawn for sure: 9 to 1, of two rows."""
    rows = (gold_row("good", 1, sampled=1 / 9), gold_row("bad", 2, sampled=1.0))
    table = GoldTable(("good", "bad"), rows)
    assert [exp(x) for x in log_prior(table)] == pytest.approx([(1.8 + 1) / 4, (0.2 + 1) / 4])


def test_each_rows_prior_is_that_of_the_other_folds() -> None:
    split = split_of(LABELS, [gold_row(g, n) for n, g in enumerate([*LABELS, "bad"] * 5)])
    for place, fold in enumerate(split.fold):
        others = split.table.at(np.flatnonzero(split.fold != fold))
        assert split.prior[place] == pytest.approx(log_prior(others))


def test_with_one_group_no_row_has_a_fold() -> None:
    split = split_of(LABELS, [gold_row(g, "one document") for g in LABELS])
    assert split.fold.tolist() == [-1] * 3
    assert split.prior.tolist() == [[0.0] * 3] * 3


def test_no_rows_have_no_folds() -> None:
    split = split_of(LABELS, [])
    assert len(split.fold) == len(split.prior) == 0


def test_only_labels_are_heard() -> None:
    rows = [
        gold_row("good", 1, says("m", "bad"), says("other", "good")),
        gold_row("bad", 2, silent("m")),
        gold_row("bad", 3, says("other", "bad")),
        gold_row("mixed", 4, says("m", "mixed")),
    ]
    told = heard_of("m", split_of(LABELS, rows))
    assert told.places.tolist() == [0, 3]
    assert told.heard.answers.said.tolist() == [1, 2]
    assert told.heard.answers.gold.tolist() == [0, 2]


def test_a_stranger_has_said_nothing() -> None:
    assert len(heard("nobody", LABELS, noisy_rows(LABELS, 9, {"m": 0.5}, seeded(0))).table) == 0


def test_each_fold_is_held_out_once() -> None:
    one = heard("m", LABELS, noisy_rows(LABELS, 33, {"m": 0.5}, seeded(0)))
    held = [place for _, places in one.folds() for place in places]
    assert sorted(held) == list(range(33))
    for learnt, places in one.folds():
        assert sorted([*learnt, *places]) == list(range(33))


def test_labels_held_out_are_read_by_a_matrix_of_the_other_folds() -> None:
    one = heard("m", LABELS, noisy_rows(LABELS, 33, {"m": 0.5}, seeded(0)))
    found = held_out_labels(one, lambda answers: fit_confusion(3, answers))
    learnt, held = one.folds()[2]
    matrix = fit_confusion(3, one.answers.at(learnt))
    for place in held:
        said = int(one.answers.said[place])
        assert found[place] == pytest.approx(matrix.likelihoods(said))


def test_the_loss_is_that_of_the_vote_alone_on_top_of_the_prior() -> None:
    one = heard("m", ("good", "bad"), [gold_row("good", n, says("m", "good")) for n in range(10)])
    likelihoods = np.log(np.array([[0.9, 0.3]] * 10))
    # Eight others, all good: a prior of 9 and 1 of 10.
    share = 0.9 * 0.9 / (0.9 * 0.9 + 0.3 * 0.1)
    assert one.losses(likelihoods) == pytest.approx([-log(share)] * 10)


def test_places_by_question() -> None:
    questions = ["food", "service", "food", "noise"]
    rows = [gold_row("good", n, says("m", "good"), question=q) for n, q in enumerate(questions)]
    asked = heard("m", LABELS, rows).by_question(np.array([3, 2, 0]))
    assert {q: places.tolist() for q, places in asked.items()} == {"noise": [0], "food": [1, 2]}


def two_sided(rows: int, seed: int) -> list[GoldRow]:
    """Three rows by group, some with token probabilities, of two questions that differ."""
    rng = seeded(seed)
    shown = overconfident_rows(LABELS, rows, rng)
    named = [gold_row(r.gold, n, says("m", r.votes["m"].label or "")) for n, r in enumerate(shown)]
    return [
        regrouped(row if n % 3 else plain, n // 3)
        for n, (row, plain) in enumerate(zip(shown, named, strict=True))
    ]


def other_label(label: str) -> str:
    return LABELS[(LABELS.index(label) + 1) % 3]


@pytest.mark.parametrize("seed", range(2))
def test_what_is_held_out_for_a_group_never_depends_on_its_gold(seed: int) -> None:
    """But for the choice of the method, which all folds make together."""
    rows, compared = two_sided(120, seed), 0
    before = fit_annotator("m", split_of(LABELS, rows), 30)
    for group in map(str, range(6)):
        other = [relabelled(r, other_label(r.gold)) if r.group == group else r for r in rows]
        after = fit_annotator("m", split_of(LABELS, other), 30)
        if _methods(before.fit.model_dump()) == _methods(after.fit.model_dump()):
            own = [n for n, row in enumerate(rows) if row.group == group]
            assert after.held_out[own] == pytest.approx(before.held_out[own], rel=1e-12)
            rest = [n for n in range(len(rows)) if n not in own]
            assert not np.allclose(after.held_out[rest], before.held_out[rest], rtol=1e-12)
            compared += 1
    assert compared >= 2


def _methods(fit: dict[str, object]) -> object:
    sources = fit["sources"]
    assert isinstance(sources, dict)
    used = {source: one["calibrator"] for source, one in sources.items()}
    return fit["calibrator"], used


def test_what_a_question_says_of_a_group_never_depends_on_its_gold() -> None:
    gold = ["good", "bad", "bad", "mixed"] * 15
    rows = [gold_row(g, n // 2, question="pq"[n % 2]) for n, g in enumerate(gold)]
    before = held_out_question(split_of(LABELS, rows))
    other = [relabelled(row, "mixed") if row.group == "7" else row for row in rows]
    after = held_out_question(split_of(LABELS, other))
    assert after[[14, 15]].tolist() == before[[14, 15]].tolist()
    assert not np.allclose(after, before)


def test_some_rows_keep_their_folds() -> None:
    one: Heard = heard("m", LABELS, noisy_rows(LABELS, 33, {"m": 0.5}, seeded(0)))
    places = np.array([4, 2])
    some = one.at(places)
    assert some.fold.tolist() == one.fold[places].tolist()
    assert some.votes == (one.votes[4], one.votes[2])


def test_token_probabilities_are_held_out_too() -> None:
    """A lookup of what was seen would be right on every row; what is held out cannot be."""
    rng = seeded(3)
    rows = [
        gold_row(rng.choice(LABELS), n, shows("m", {"good": 0.5 + n / 400, "bad": 0.2}))
        for n in range(120)
    ]
    fitted = fit_annotator("m", split_of(LABELS, rows), 30)
    one = heard("m", LABELS, rows)
    assert float(np.mean(one.losses(fitted.held_out))) == pytest.approx(log(3), abs=0.08)
