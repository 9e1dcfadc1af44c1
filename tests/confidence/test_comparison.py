"""Whole fits judged on groups that they did not see, beside other ways to aggregate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from confidence_cases import (
    gold_row,
    noisy_rows,
    overconfident_rows,
    regrouped,
    says,
    seeded,
    silent,
)

from stepladder.confidence import GoldRow, GoldTable, Wanted, fit_gold
from stepladder.confidence.annotator import Untrusted
from stepladder.confidence.comparison import OURS, compare
from stepladder.confidence.cross_fitting import cross_fit, problem_with
from stepladder.confidence.source_figures import source_figures
from stepladder.types import Source

pytestmark = pytest.mark.slow

LABELS = ("good", "bad", "mixed")
RATES = {"weak": 0.4, "fair": 0.6, "strong": 0.9}
WANTED = Wanted(LABELS, tuple(RATES), (tuple(RATES),))
ONE = Wanted(("good", "bad"), ("m",), (("m",),))


def table(rows: list[GoldRow], labels: tuple[str, ...] = LABELS) -> GoldTable:
    return GoldTable(labels, tuple(rows))


NOISY = table(noisy_rows(LABELS, 120, RATES, seeded(0)))


def test_no_fold_sees_a_group_that_it_judges() -> None:
    rows = [regrouped(row, number // 3) for number, row in enumerate(NOISY.rows)]
    crossed = cross_fit(WANTED, table(rows))
    assert sorted(p for fold in crossed.folds for p in fold.held.tolist()) == list(range(120))
    for fold in crossed.folds:
        groups = {rows[place].group for place in fold.held}
        assert groups.isdisjoint({rows[place].group for place in fold.learnt})
        assert fold.fit.rows == len(fold.learnt)


def test_posteriors_are_not_those_of_rows_seen() -> None:
    """One whose errors follow the group: seen again it would look all-knowing."""
    crossed = cross_fit(WANTED, NOISY)
    held = crossed.pooled(frozenset(RATES))
    seen = fit_gold(WANTED, NOISY.rows)
    own = np.array(
        [
            posterior.probabilities
            for row in NOISY.rows
            if (posterior := seen.posterior(list(row.votes.values()), row.candidate))
        ]
    )
    assert held.shape == own.shape == (120, 3)
    assert held.sum(axis=1) == pytest.approx(np.ones(120))
    assert not np.allclose(held, own)


def test_the_pool_comes_first_and_others_are_measured_against_it() -> None:
    found = compare(cross_fit(WANTED, NOISY))
    assert [one.name for one in found] == [
        OURS,
        "majority share + Platt",
        "weighted vote",
        "Dawid-Skene",
        "best single + Platt",
    ]
    ours, majority = found[0], found[1]
    assert (ours.more_log_loss.mean, ours.more_brier.mean) == (0, 0)
    gap = majority.figures.log_loss - ours.figures.log_loss
    assert majority.more_log_loss.mean == pytest.approx(gap)
    assert majority.more_log_loss.mean > 2 * majority.more_log_loss.error > 0
    assert majority.more_brier.mean > 0
    assert ours.figures.accuracy > majority.figures.accuracy


def test_rows_that_nobody_answered_judge_nobody() -> None:
    rows = [*NOISY.rows, gold_row("good", "empty"), gold_row("bad", "mute", silent("weak"))]
    found = compare(cross_fit(WANTED, table(rows)))
    assert {one.figures.rows for one in found} == {120}


@pytest.mark.parametrize(
    ("heard", "groups", "ways"), [(0, 120, 0), (1, 120, 0), (2, 120, 5), (6, 1, 0), (6, 2, 5)]
)
def test_where_hardly_any_row_was_answered_nothing_is_compared(
    heard: int, groups: int, ways: int
) -> None:
    """Rows that somebody answered are of so many groups; all others have one each."""
    rows = [
        regrouped(row, number % groups)
        if number < heard
        else gold_row(row.gold, f"mute {number}", *map(silent, RATES))
        for number, row in enumerate(NOISY.rows)
    ]
    found = compare(cross_fit(WANTED, table(rows)))
    assert len(found) == ways
    assert all(one.figures.rows == heard for one in found)
    assert all(np.isfinite([one.figures.log_loss, one.more_log_loss.error]).all() for one in found)


def test_just_enough_gold_is_judged_by_fits_that_are_trusted() -> None:
    """Four fifths of 30 rows are fewer than 30: they judge what all 30 rows fit."""
    rows = table(list(NOISY.rows[:30]))
    crossed = cross_fit(WANTED, rows)
    assert all(one.calibrated for fold in crossed.folds for one in fold.fit.annotators.values())


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (list(NOISY.rows[:29]), Untrusted.TOO_FEW),
        ([], Untrusted.TOO_FEW),
        ([regrouped(row, "one") for row in NOISY.rows], Untrusted.ONE_GROUP),
        ([gold_row("good", i, says("weak", "bad")) for i in range(40)], Untrusted.ONE_LABEL),
        (list(NOISY.rows[:30]), None),
    ],
)
def test_gold_that_can_judge_nothing(rows: list[GoldRow], problem: Untrusted | None) -> None:
    assert problem_with(table(rows), 30) is problem


def test_a_single_group_cannot_be_cross_fitted() -> None:
    rows = [regrouped(row, "one") for row in NOISY.rows]
    with pytest.raises(ValueError, match="single group"):
        cross_fit(WANTED, table(rows))


def test_raw_confidence_that_is_too_sure_is_found_and_mended() -> None:
    rows = table(overconfident_rows(("good", "bad"), 400, seeded(1)), ("good", "bad"))
    (found,) = source_figures(fit_gold(ONE, rows.rows), rows, cross_fit(ONE, rows))
    assert (found.annotator, found.source, found.rows) == ("m", Source.TOKEN_PROBABILITIES, 400)
    told = found.all
    assert told.raw is not None
    assert told.calibrated is not None
    assert told.corrected is None
    assert told.raw.reliability.debiased > 0.08
    assert abs(told.calibrated.reliability.debiased) < 0.04
    assert told.calibrated.log_loss < told.raw.log_loss


def test_sources_of_one_annotator_are_apart() -> None:
    rows = overconfident_rows(("good", "bad"), 160, seeded(2))
    mixed = []
    for number, row in enumerate(rows):
        vote = row.votes["m"]
        source = (Source.SAMPLES, Source.VARIANTS, Source.STATED, Source.NONE)[number % 4]
        given = replace(vote.confidence, source=source)
        mixed.append(replace(row, votes={"m": replace(vote, confidence=given)}))
    both = table(mixed, ("good", "bad"))
    found = source_figures(fit_gold(ONE, both.rows), both, cross_fit(ONE, both))
    assert [(one.source, one.rows) for one in found] == [
        (Source.SAMPLES, 40),
        (Source.VARIANTS, 40),
        (Source.STATED, 40),
        (Source.NONE, 40),
    ]
    assert [one.all.raw is None for one in found] == [False, False, False, True]
    assert all(one.all.calibrated is not None for one in found)


def test_what_was_taken_out_of_token_probabilities_is_shown_beside_them() -> None:
    rows = table(overconfident_rows(("good", "bad"), 200, seeded(3)), ("good", "bad"))
    wanted = replace(ONE, offsets={"m": (2.0, 0.0)})
    (found,) = source_figures(fit_gold(wanted, rows.rows), rows, cross_fit(wanted, rows))
    assert found.all.raw is not None
    assert found.all.corrected is not None
    assert found.all.corrected.log_loss != found.all.raw.log_loss


def test_without_enough_gold_raw_figures_remain() -> None:
    rows = table(overconfident_rows(("good", "bad"), 20, seeded(4)), ("good", "bad"))
    (found,) = source_figures(fit_gold(ONE, rows.rows), rows, None)
    assert found.all.raw is not None
    assert found.all.calibrated is None


@pytest.mark.parametrize("count", [0, 1])
def test_without_rows_there_are_no_figures(count: int) -> None:
    rows = table(overconfident_rows(("good", "bad"), count, seeded(4)), ("good", "bad"))
    (found,) = source_figures(fit_gold(ONE, rows.rows), rows, None)
    assert found.rows == count
    assert found.all.raw is None
    assert found.all.calibrated is None
