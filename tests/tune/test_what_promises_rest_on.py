"""Promises where votes are missing, machines silent, rows must stay here, or a draw is unclear."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_recording import write

from stepladder.errors import UserError
from stepladder.policy import Policy
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario, figures, simulate
from stepladder.task import Task
from stepladder.task.gold_sheet import write_sheet
from stepladder.tune import End, Promise, Tuned, Wish, tune
from stepladder.tune.goal import AtMostError
from stepladder.tune.material import Material
from stepladder.tune.next_gold import next_gold
from stepladder.tune.promise import Method, Of

TASK = Task.model_validate({"name": "t", "instructions": "Which?", "labels": ["yes", "no"]})
NAMES = ("gpt-4o-mini", "gpt-4o")
SCENARIO = Scenario(PriceBook.load(), date(2026, 1, 1))
SINGLE = Wish(AtMostError(0.1, Of.DELIVERED), Promise(0.1, 0.9), End.PERSON, tiers=2, seed=0)
Line = dict[str, Any]


def lines(count: int, known: int, seed: int = 0, right: Sequence[float] = (0.8, 0.9)) -> list[Line]:
    """Rows that are groups of their own; only the first ones have gold."""
    chance, found = random.Random(seed), []  # noqa: S311
    for number in range(count):
        gold = chance.choice(TASK.label_names)
        other = "no" if gold == "yes" else "yes"
        votes = {
            name: gold if chance.random() < skill else other
            for name, skill in zip(NAMES, right, strict=True)
        }
        shown = gold if number < known else None
        found.append({"id": f"r{number}", "gold": shown, "truth": gold, "votes": votes})
    return found


def base(*local: str) -> Policy:
    spec = {"kind": "recorded", "recording": "past.jsonl"}
    annotators = {n: {**spec, "annotator": n, "local": n in local} for n in NAMES}
    return Policy.model_validate(
        {
            "name": "base",
            "calibration": {"prior": False},
            "annotators": {"person": {"kind": "human"}, **annotators},
            "tiers": [{"name": name, "ask": name} for name in NAMES],
        }
    )


def opened(folder: Path, rows: Sequence[Line], *sheets: Path) -> Recording:
    plain = [{key: value for key, value in row.items() if key != "truth"} for row in rows]
    return Recording.open(write(folder / "past.jsonl", plain), TASK, *sheets)


def tuned(folder: Path, rows: Sequence[Line], wish: Wish = SINGLE, *sheets: Path) -> Tuned:
    return tune(opened(folder, rows, *sheets), base(), SCENARIO, wish)


def truly_wrong(folder: Path, rows: Sequence[Line], found: Tuned) -> Iterator[bool]:
    """Of every row that the policy labels in the end, whether machines label it wrongly."""
    assert found.chosen is not None
    if found.chosen.frozen is None:
        return
    policy, recording = found.chosen.policy, opened(folder, rows)
    done = simulate(recording, policy, frozen=found.chosen.frozen)
    truth = {row["id"]: row["truth"] for row in rows}
    people = np.array([any(map(policy.is_person, tier.ask)) for tier in policy.tiers])
    for number, key in enumerate(done.replay.keys):
        stop = int(done.outcome.stop[number])
        if stop >= 0:
            top = done.replay.labels[int(done.replay.rungs[stop].top[number])]
            yield not people[stop] and top != truth[key.id]


def test_a_promise_without_people_counts_silence_as_wrong(tmp_path: Path) -> None:
    """So that it holds for the labels that there are."""
    wish = replace(SINGLE, end=End.ANY)
    rows = lines(1200, 500, right=(0.9, 0.97))
    some, most = (tuned(tmp_path, silenced(rows, every), wish) for every in (50, 2))
    assert some.chosen is not None
    wrong = list(truly_wrong(tmp_path, silenced(rows, 50), some))
    assert len(wrong) > 600
    assert np.mean(wrong) <= 0.1
    assert most.chosen is None
    assert "no ladder kept the promise" in most.reason


def silenced(rows: Sequence[Line], every: int) -> list[Line]:
    """One in so many rows without any label."""
    none = dict.fromkeys(NAMES, "?")
    return [{**row, "votes": none} if n % every == 0 else row for n, row in enumerate(rows)]


def test_a_row_without_a_vote_counts_as_wrong_where_it_tests(tmp_path: Path) -> None:
    rows = lines(1000, 400)
    whole = tuned(tmp_path, rows)
    few, many = (tuned(tmp_path, voteless(rows, every)) for every in (100, 4))
    assert whole.chosen is not None
    assert few.chosen is not None
    assert many.chosen is not None
    shares = [found.chosen.measured.by_people for found in (whole, few) if found.chosen]
    assert shares[0] < shares[1] < few.tested
    # Nobody knows about a quarter of the rows: no machine is promised anything.
    assert many.chosen.frozen is None
    assert many.chosen.method is Method.PEOPLE
    assert (few.incomplete, many.incomplete) == (4, 100)


def voteless(rows: Sequence[Line], every: int) -> list[Line]:
    """One in so many rows without a vote of the strongest."""
    cut = {NAMES[1]}
    return [
        {**row, "votes": {k: v for k, v in row["votes"].items() if k not in cut}}
        if n % every == 0
        else row
        for n, row in enumerate(rows)
    ]


def asked_next(folder: Path, rows: Sequence[Line], wish: Wish, policy: Policy) -> Material:
    return Material(opened(folder, rows), policy, SCENARIO, replace(wish, promise=None))


def test_nobody_is_drawn_where_some_lack_a_vote_or_stay_here(tmp_path: Path) -> None:
    rows = lines(600, 100)
    with pytest.raises(UserError, match="5 of 500 rows without gold lack a vote"):
        next_gold(asked_next(tmp_path, voteless(rows, 100), SINGLE, base()), 0.1, 50)
    kept = [{**row, "local_only": n % 100 == 0} for n, row in enumerate(rows)]
    with pytest.raises(UserError, match="not everybody may see 5 rows without gold"):
        next_gold(asked_next(tmp_path, kept, SINGLE, base(NAMES[0])), 0.1, 50)


def sheet_of(
    folder: Path,
    rows: Sequence[Line],
    change: Callable[[list[dict[str, str]]], list[dict[str, str]]] = list,
) -> Path:
    """What `next-gold` asks for, answered, and changed before it is given back."""
    material = asked_next(folder, rows, SINGLE, base())
    found = next_gold(material, 0.1, 150)
    sheet = folder / "next.csv"
    write_sheet(sheet, TASK, [*found.free, *found.test], chances=True)
    truth = {row["id"]: row["truth"] for row in rows}
    with sheet.open(newline="", encoding="utf-8-sig") as file:
        cells = [{**cell, "label": truth[cell["id"]]} for cell in csv.DictReader(file)]
    cells = change(cells)
    with sheet.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(cells[0]))
        writer.writeheader()
        writer.writerows(cells)
    return sheet


def without_sampled(cells: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{k: v for k, v in cell.items() if k != "sampled"} for cell in cells]


def without_some(cells: list[dict[str, str]]) -> list[dict[str, str]]:
    drawn = [cell for cell in cells if cell["sampled"]]
    return [cell for cell in cells if cell not in drawn[:20]]


CHANGES: Mapping[str, Any] = {
    "the column is lost": (without_sampled, "does not say which rows were drawn"),
    "rows are lost": (without_some, "rows are missing from the sheet"),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("of", [Of.ALL, Of.DELIVERED])
def test_a_sheet_whose_draw_is_unclear_promises_nothing(
    tmp_path: Path, change: Any, said: str, of: Of
) -> None:
    rows = lines(900, 100)
    sheet = sheet_of(tmp_path, rows, change)
    with pytest.raises(UserError, match=said):
        tuned(tmp_path, rows, replace(SINGLE, promise=Promise(0.1, 0.9, of)), sheet)


def test_an_earlier_sheet_only_teaches(tmp_path: Path) -> None:
    rows = lines(900, 100)
    first = sheet_of(tmp_path, rows)
    more = replace(SINGLE, promise=Promise(0.1, 0.9, Of.ALL))
    alone = tuned(tmp_path, rows, more, first)
    assert alone.tested == 150
    later = tmp_path / "later.csv"
    asked = {line.split(",")[0] for line in first.read_text().splitlines()}
    waiting = [row for row in rows[100:] if row["id"] not in asked]
    drawn = random.Random(1).sample(waiting, 100)  # noqa: S311
    cells = [f"{row['id']},{row['truth']},{100 / len(waiting)}" for row in drawn]
    later.write_text("\n".join(["id,label,sampled", *cells]))
    both = tuned(tmp_path, rows, more, first, later)
    assert both.tested == 100
    assert both.taught == alone.taught + 150


def test_all_is_not_promised_where_rows_must_stay_here(tmp_path: Path) -> None:
    rows = [{**row, "local_only": n % 10 == 0} for n, row in enumerate(lines(900, 300))]
    found = tune(opened(tmp_path, rows), base(NAMES[0]), SCENARIO, SINGLE)
    assert (found.kept_local, found.rest_kept_local) == (30, 60)
    wish = replace(SINGLE, promise=Promise(0.1, 0.9, Of.ALL))
    with pytest.raises(UserError, match="not everybody may see 60 rows without gold"):
        tune(opened(tmp_path, rows), base(NAMES[0]), SCENARIO, wish)


@pytest.mark.slow
def test_promises_of_tuned_policies_hold(tmp_path: Path) -> None:
    """From file to policy, against what nobody but this test knows."""
    seeds, broken, by_machine = 40, 0, 0.0
    for seed in range(seeds):
        rows = lines(700, 260, seed)
        found = tuned(tmp_path, rows, replace(SINGLE, seed=seed))
        wrong = list(truly_wrong(tmp_path, rows, found))
        broken += sum(wrong) > 0.1 * 440
        assert found.chosen is not None
        by_machine += 1 - found.chosen.measured.by_people / found.tested
    assert broken <= seeds * 0.1 + 2 * (seeds * 0.1 * 0.9) ** 0.5
    assert by_machine > seeds / 4


@pytest.mark.slow
def test_promises_after_next_gold_hold(tmp_path: Path) -> None:
    seeds, broken, by_machine = 20, 0, 0
    for seed in range(seeds):
        rows = lines(700, 80, seed)
        wish = replace(SINGLE, seed=seed, promise=Promise(0.1, 0.9, Of.ALL))
        found = tuned(tmp_path, rows, wish, sheet_of(tmp_path, rows))
        assert found.chosen is not None
        assert found.tested == 150
        wrong = list(truly_wrong(tmp_path, rows, found))
        broken += sum(wrong) > 0.1 * 700
        by_machine += found.chosen.measured.by_people < found.tested / 2
    assert broken <= seeds * 0.1 + 2 * (seeds * 0.1 * 0.9) ** 0.5
    assert by_machine > seeds / 2


@pytest.mark.parametrize(("gold", "error"), [(120, 0.1), (110, 0.2), (60, 0.3)])
def test_enough_gold_is_left_to_teach(tmp_path: Path, gold: int, error: float) -> None:
    promise = Promise(error, 0.9)
    found = tuned(tmp_path, lines(600, gold), replace(SINGLE, promise=promise))
    assert found.taught >= 30
    assert found.taught + found.tested == gold


def test_too_little_gold_to_test_and_teach_says_how_much_there_is(tmp_path: Path) -> None:
    rows = [{**row, "group": f"g{n % 6}"} for n, row in enumerate(lines(60, 60))]
    with pytest.raises(UserError, match="of 60 rows of 6 groups only 20 are left to teach"):
        tuned(tmp_path, rows)


def test_the_method_says_what_is_proved(tmp_path: Path) -> None:
    rows = lines(900, 400)
    of = {
        one: tuned(tmp_path, rows, replace(SINGLE, promise=Promise(0.1, 0.9, one)))
        for one in (Of.DELIVERED, Of.ACCEPTED)
    }
    methods = {one: found.chosen.method for one, found in of.items() if found.chosen}
    assert methods == {Of.DELIVERED: Method.EXACT, Of.ACCEPTED: Method.SEQUENCE}
    assert "measured, not proved" in of[Of.ACCEPTED].reason


def test_what_a_policy_is_said_to_cost_it_costs_on_other_rows(tmp_path: Path) -> None:
    """Also where votes are discrete, and thresholds stand exactly at what a fit makes of some."""
    rows, fresh = lines(1500, 1500), lines(2000, 2000, seed=9)
    wish = replace(SINGLE, promise=None)
    found = tuned(tmp_path, rows, wish)
    assert found.chosen is not None
    assert found.chosen.expected is not None
    measured = found.chosen.measured
    assert measured.usd_per_candidate == pytest.approx(found.chosen.expected.usd)
    done = simulate(opened(tmp_path, fresh), found.chosen.policy, frozen=found.chosen.frozen)
    later = figures(done, SCENARIO)
    assert measured.usd_per_candidate == pytest.approx(later.usd_per_candidate, rel=0.25)
    shares = [one.by_people / one.candidates for one in (measured, later)]
    assert shares[0] == pytest.approx(shares[1], abs=0.04)


def test_a_frontier_where_nobody_labels_the_rest_has_ladders(tmp_path: Path) -> None:
    goal = AtMostError(0.1, Of.ACCEPTED)
    wish = replace(SINGLE, goal=goal, promise=None, end=End.NOBODY)
    found = tuned(tmp_path, lines(400, 400), wish)
    assert len(found.frontier) > 1
    shares = [rung.accepted for rung in found.frontier]
    assert min(shares) > 0
    assert max(shares) == pytest.approx(1.0)
