"""Promises: what passes, what does not, and how often they are broken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.tune.keeping import loosest, risk_at
from stepladder.tune.promise import FEWEST_TEACHING, Method, Of, Promise, Rest
from stepladder.tune.promise import Tested as Rows
from stepladder.tune.promise import tested_groups as groups_that_test
from stepladder.types.arrays import Floats, Numbers


def rows_of(accepted: list[float], wrong: list[float], group: list[int], rest: int) -> Rows:
    return Rows(
        np.array(accepted),
        np.array(wrong),
        np.array(group),
        Rest(rest),
    )


NEVER = -np.inf


def singles(right: int, wrong: int, rest: int = 1000) -> Rows:
    """Wrong rows are accepted last."""
    places = [float(-n) for n in range(right + wrong)]
    errors = [NEVER] * right + places[right:]
    return rows_of(places, errors, list(range(right + wrong)), rest)


def test_the_loosest_level_is_the_last_that_passes() -> None:
    promise = Promise(0.1, 0.9)
    of = singles(150, 50)
    level = loosest(of, promise)
    assert level is not None
    # The next row that is accepted is the first that fails.
    assert risk_at(of, promise, level) <= 0.1 + 1e-12 < risk_at(of, promise, np.floor(level))
    # So many wrong rows of 200 convince of less than 10 % in a rest of 1,000.
    assert (of.wrong >= level).sum() == 13


def test_nothing_passes_where_even_no_error_convinces_nobody() -> None:
    assert loosest(singles(20, 0), Promise(0.05, 0.9)) is None
    assert loosest(singles(60, 0), Promise(0.05, 0.9)) is not None


def test_what_is_never_accepted_is_no_level() -> None:
    of = rows_of([0.0] * 60 + [NEVER] * 60, [NEVER] * 120, list(range(120)), rest=100)
    level = loosest(of, Promise(0.1, 0.9))
    assert level is not None
    assert np.isfinite(level)
    assert (of.accepted >= level).sum() == 60


@given(st.data())
@settings(max_examples=60)
def test_what_is_delivered_passes_its_own_test(data: st.DataObject) -> None:
    """Also where rows are wrong only at places looser than the one that accepts them."""
    rows = data.draw(st.integers(5, 80))
    places = st.sampled_from([-0.5, -1.25, -2.0, -3.75, -4.0, -7.5])
    accepted = data.draw(st.lists(places, min_size=rows, max_size=rows))
    later = data.draw(
        st.lists(st.sampled_from([0.0, 1.5, 4.0, np.inf]), min_size=rows, max_size=rows)
    )
    wrong = [place - step for place, step in zip(accepted, later, strict=True)]
    groups = data.draw(st.sampled_from([rows, max(2, rows // 3)]))
    of = rows_of(accepted, wrong, [n % groups for n in range(rows)], 40)
    promise = Promise(data.draw(st.sampled_from([0.1, 0.3])), 0.9)
    level = loosest(of, promise)
    if level is not None:
        assert risk_at(of, promise, level) <= promise.risk + 1e-9


def test_a_larger_error_and_less_confidence_accept_more() -> None:
    of = singles(120, 80)
    levels = [loosest(of, Promise(error, 0.9)) for error in (0.05, 0.1, 0.2)]
    assert levels == sorted(levels, reverse=True, key=lambda one: one if one is not None else 1)
    sure, unsure = (loosest(of, Promise(0.1, confidence)) for confidence in (0.99, 0.5))
    assert sure is not None
    assert unsure is not None
    assert unsure < sure


def test_groups_count_not_rows() -> None:
    """Forty rows of four groups know less than forty rows."""
    places, never = [0.0] * 40, [NEVER] * 40
    apart = rows_of(places, never, list(range(40)), rest=400)
    together = rows_of(places, never, [n // 10 for n in range(40)], rest=40)
    promise = Promise(0.1, 0.9)
    assert risk_at(apart, promise, 0.0) < 0.1 < risk_at(together, promise, 0.0)


def test_strict_is_never_less_risky() -> None:
    chance = np.random.default_rng(3)
    for _ in range(10):
        group = np.sort(chance.integers(0, 15, 90))
        wrong = np.where(chance.random(90) < 0.05, 0.0, NEVER)
        of = Rows(
            np.zeros(90),
            wrong,
            np.unique(group, return_inverse=True)[1],
            Rest(40, 9.0),
        )
        plain, strict = (risk_at(of, Promise(0.15, 0.9, strict=s), 0.0) for s in (False, True))
        assert plain <= strict + 1e-9


@given(st.integers(10, 400), st.integers(10, 2000), st.floats(0.02, 0.3))
@settings(max_examples=30, deadline=None)
def test_some_groups_teach_and_most_test(gold: int, rest: int, error: float) -> None:
    promise = Promise(error, 0.9)
    assert groups_that_test(gold, rest, promise, single=False, other=0) == gold - round(0.3 * gold)
    size = groups_that_test(gold, rest, promise, single=True, other=0)
    assert 1 <= size <= gold
    # Where there are not even so many, that is said before.
    assert gold - size >= min(gold - 1, FEWEST_TEACHING)
    if gold - FEWEST_TEACHING >= 0.8 * gold:
        assert gold - round(0.3 * gold) <= size <= 0.8 * gold


def test_a_promise_of_accepted_labels_looks_at_those_alone() -> None:
    of = singles(100, 60)
    delivered, accepted = (
        loosest(of, Promise(0.15, 0.9, one)) for one in (Of.DELIVERED, Of.ACCEPTED)
    )
    assert delivered is not None
    assert accepted is not None
    assert accepted > delivered


def population(
    chance: np.random.Generator, alike: float, most: int
) -> tuple[Floats, Floats, Numbers]:
    """Groups of unequal size whose rows err alike: place, whether wrong, and group of each row."""
    sizes = chance.integers(2 if most == 2 else 3, most + 1, 120)
    group = np.repeat(np.arange(120), sizes)
    hard = chance.beta(1.2, 4.0, 120)
    p = alike * hard[group] + (1 - alike) * 0.23
    place = -(p + 0.25 * chance.random(len(p)))
    return place, (chance.random(len(p)) < p).astype(float), group


@pytest.mark.parametrize("drawn_groups", [16, 50])
@pytest.mark.parametrize("most", [2, 11])
@pytest.mark.parametrize("alike", [0.0, 0.9])
def test_promises_of_groups_are_broken_as_rarely_as_promised(
    alike: float, most: int, drawn_groups: int
) -> None:
    chance, promise, times = np.random.default_rng(11), Promise(0.1, 0.9), 100
    broken, accepted = 0, 0.0
    place, wrong, group = population(chance, alike, most)
    for _ in range(times):
        drawn = np.isin(group, chance.choice(120, drawn_groups, replace=False))
        first = np.where(wrong[drawn] > 0, place[drawn], NEVER)
        names = np.unique(group[drawn], return_inverse=True)[1]
        of = Rows(place[drawn], first, names, Rest(120 - drawn_groups, float(most)))
        level = loosest(of, promise)
        if level is None:
            continue
        rest = ~drawn
        delivered = place[rest] >= level
        accepted += delivered.mean() / times
        broken += (wrong[rest] * delivered).sum() / rest.sum() > promise.error
    assert broken / times <= 0.1 + 2 * (0.1 * 0.9 / times) ** 0.5
    assert accepted > 0.1


def errs_less_when_sure(chance: np.random.Generator, rows: int) -> tuple[Floats, Floats]:
    """How sure a machine is of each row, and whether it errs: 12 % of all."""
    p = np.clip(chance.beta(0.8, 5.2, rows), 0.005, 0.995)
    return -p, (chance.random(rows) < p).astype(float)


@pytest.mark.parametrize(("error", "least"), [(0.05, 0.05), (0.1, 0.6), (0.2, 0.9)])
def test_promises_of_accepted_labels_hold_and_are_of_use(error: float, least: float) -> None:
    chance, promise, times = np.random.default_rng(5), Promise(error, 0.9, Of.ACCEPTED), 200
    place, wrong = errs_less_when_sure(chance, 1300)
    broken, accepted = 0, 0.0
    for _ in range(times):
        drawn = np.zeros(1300, dtype=bool)
        drawn[chance.choice(1300, 285, replace=False)] = True
        first = np.where(wrong[drawn] > 0, place[drawn], NEVER)
        of = Rows(place[drawn], first, np.arange(285), Rest(1015))
        assert of.method(promise) is Method.SEQUENCE
        level = loosest(of, promise)
        if level is None:
            continue
        delivered = place[~drawn] >= level
        accepted += delivered.mean() / times
        broken += (wrong[~drawn] * delivered).sum() > error * delivered.sum()
    assert broken / times <= 0.1 + 2 * (0.1 * 0.9 / times) ** 0.5
    assert accepted > least


@pytest.mark.parametrize(("error", "confidence"), [(0.01, 0.99), (0.05, 0.9), (0.1, 0.9)])
@pytest.mark.parametrize("size", [2, 7])
@pytest.mark.parametrize("groups", [20, 60])
def test_who_is_surest_may_be_wrong_as_often_as_anybody(
    error: float, confidence: float, size: int, groups: int
) -> None:
    """A few right ones at the strictest thresholds do not say much."""
    chance, promise, times, broken = (
        np.random.default_rng(7),
        Promise(error, confidence),
        80,
        0,
    )
    group = np.repeat(np.arange(groups + 100), size)
    for _ in range(times):
        place, wrong = -chance.random(len(group)), chance.random(len(group)) < 0.3
        drawn = np.isin(group, chance.choice(groups + 100, groups, replace=False))
        first = np.where(wrong[drawn], place[drawn], NEVER)
        names = np.unique(group[drawn], return_inverse=True)[1]
        level = loosest(Rows(place[drawn], first, names, Rest(100, size, size)), promise)
        if level is not None:
            broken += (wrong[~drawn] & (place[~drawn] >= level)).sum() > error * 100 * size
    risk = promise.risk
    assert broken / times <= risk + 2 * (risk * (1 - risk) / times) ** 0.5
