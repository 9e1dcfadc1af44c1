"""Whom people are asked about next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_recording import LABELS, PRICES, rows, write

from stepladder.errors import UserError
from stepladder.policy import Policy
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario
from stepladder.task import Task
from stepladder.task.gold_sheet import write_sheet
from stepladder.tune import End, Promise, Tuned, Wish, tune
from stepladder.tune.goal import AtMostError
from stepladder.tune.material import Material
from stepladder.tune.next_gold import least_sure, next_gold
from stepladder.tune.promise import Of

TASK = Task.model_validate({"name": "t", "instructions": "Which?", "labels": list(LABELS)})
BASE = Policy.model_validate(
    {
        "name": "base",
        "calibration": {"prior": False},
        "annotators": {
            "clerk": {"kind": "human", "wage": "clerk"},
            "large": {"kind": "recorded", "recording": "past.jsonl", "annotator": "large"},
        },
        "tiers": [{"name": "large", "ask": "large"}],
    }
)
WISH = Wish(AtMostError(0.05, Of.DELIVERED), None, End.PERSON, tiers=1, seed=3)


def single(count: int, known: int) -> list[Any]:
    """Rows that are groups of their own; only the first ones have gold."""
    return [
        {**row, "group": row["id"], "local_only": False, "gold": row["gold"] if n < known else None}
        for n, row in enumerate(rows(count))
    ]


def material(folder: Path, lines: Sequence[Any], wish: Wish = WISH, *sheets: Path) -> Material:
    path = write(folder / "past.jsonl", lines)
    (folder / "prices.toml").write_text(PRICES)
    scenario = Scenario(PriceBook.load([folder / "prices.toml"]), date(2026, 11, 1))
    return Material(Recording.open(path, TASK, *sheets), BASE, scenario, wish)


@given(st.data(), st.integers(1, 60), st.integers(1, 60), st.sampled_from([0.01, 0.1, 0.3]))
@settings(deadline=None)
def test_the_least_sure_are_those_below_the_first_wrong_one_too_many(
    data: st.DataObject, pilot: int, others: int, error: float
) -> None:
    def sure(count: int) -> np.ndarray:
        return np.array(data.draw(st.lists(st.floats(0, 1), min_size=count, max_size=count)))

    known, wrong, waiting = sure(pilot), np.arange(pilot) % 3 == 0, sure(others)
    found = least_sure(known, wrong, waiting, error)
    assert (np.diff(waiting[found]) >= 0).all()
    kept = np.setdiff1d(np.arange(others), found)
    if len(found):
        limit = waiting[found].max()
        assert limit <= known[wrong].max()
        assert (waiting[kept] >= limit).all()
    # Whoever may err more leaves fewer to people.
    assert len(least_sure(known, wrong, waiting, min(1.0, error * 2))) <= len(found)


def test_rows_that_people_get_anyway_are_the_least_sure_and_others_test(tmp_path: Path) -> None:
    of = material(tmp_path, single(500, 100))
    found = next_gold(of, 0.05, 80)
    assert len(found.test) == 80
    assert {one.sampled for one in found.test} == {80 / found.left}
    assert len(found.free) + found.left == 400
    assert 0 < len(found.free) <= 150
    assert not {one.id for one in found.free} & {one.id for one in found.test}
    assert next_gold(of, 0.05, 80) == found
    assert next_gold(replace(of, wish=replace(WISH, seed=4)), 0.05, 80).test != found.test


def answered(folder: Path, lines: Sequence[Any], seed: int) -> Tuned:
    """People answer what was asked for, and a promise of all rows is tuned."""
    of = material(folder, lines, replace(WISH, seed=seed))
    found = next_gold(of, 0.1, 100)
    sheet = folder / f"{seed}.csv"
    write_sheet(sheet, TASK, [*found.free, *found.test], chances=True)
    truth = {row["id"]: row["gold"] for row in rows(len(lines))}
    head, *cells = sheet.read_text(encoding="utf-8-sig").splitlines()
    assert head == "id,text,label,choices,sampled".replace(",", '","').join('""')
    filled = [cell.split('"')[1] for cell in cells]
    chances = [cell.split('"')[-2] for cell in cells]
    answers = [f"{id_},{truth[id_]},{c}" for id_, c in zip(filled, chances, strict=True)]
    sheet.write_text("\n".join(["id,label,sampled", *answers]))
    wish = replace(WISH, seed=seed, promise=Promise(0.1, 0.9, Of.ALL))
    later = material(folder, lines, wish, sheet)
    done = tune(later.recording, BASE, later.scenario, wish)
    assert later.promise is not None
    # Gold is right, so that more of the rest may be wrong.
    assert later.promise.error == pytest.approx(0.1 * len(lines) / later.gold.rest_rows)
    assert done.tested == len(found.test)
    assert done.taught == 100 + len(found.free)
    return done


def test_a_promise_of_all_rows_counts_gold_and_tests_on_what_was_drawn(tmp_path: Path) -> None:
    done = answered(tmp_path, single(900, 100), 0)
    assert done.chosen is not None
    assert done.chosen.promised
    assert done.chosen.measured.labelled > 0


def test_candidates_in_groups_are_refused(tmp_path: Path) -> None:
    lines = [{**row, "group": f"g{n // 2}"} for n, row in enumerate(single(300, 100))]
    with pytest.raises(UserError, match="rows of a group share their fate"):
        next_gold(material(tmp_path, lines), 0.05, 50)


def test_too_few_rows_are_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="hardly any rows without gold"):
        next_gold(material(tmp_path, single(105, 100)), 0.05, 50)
    with pytest.raises(UserError, match=r"--rows 200: .* ask for fewer"):
        next_gold(material(tmp_path, single(300, 100)), 0.05, 200)


def test_gold_is_counted_only_beside_candidates_without(tmp_path: Path) -> None:
    wish = replace(WISH, promise=Promise(0.1, 0.9, Of.ALL))
    with pytest.raises(UserError, match="--count-gold: the recording has to hold all"):
        material(tmp_path, single(105, 100), wish).promise  # noqa: B018
