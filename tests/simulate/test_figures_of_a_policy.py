"""Figures of a simulated policy, by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_recording import PRICES, rows, write

from stepladder.errors import PolicyError
from stepladder.policy import Policy
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario, Simulated, figures, simulate
from stepladder.simulate.points import Point, alone, frontier, oracle
from stepladder.simulate.share import interval_of, share_of
from stepladder.task import Task
from stepladder.types import Usd

DAY = date(2026, 11, 1)
TASK = Task.model_validate({"name": "t", "instructions": "Which?", "labels": ["yes", "no"]})
PERSON = {"kind": "human", "wage": "clerk"}


def policy(*tiers: Mapping[str, Any], person: bool = False) -> Policy:
    annotators: dict[str, Any] = {
        name: {"kind": "recorded", "recording": "r.jsonl", "annotator": name}
        for name in ("small", "large")
    }
    if person:
        annotators["clerk"] = PERSON
        tiers = (*tiers, {"name": "clerk", "ask": "clerk"})
    return Policy.model_validate(
        {"name": "p", "calibration": {"rows": 0}, "annotators": annotators, "tiers": tiers}
    )


SMALL = {"name": "small", "ask": "small", "accept": {"probability": 0.9}}
LARGE = {"name": "large", "ask": "large"}


def said(label: str | None, sure: float, tokens: int) -> dict[str, Any]:
    usage = {"usage": {"input": tokens, "output": 1}, "seconds": 0.5}
    if label is None:
        return {"reason": "refused", **usage}
    return {"label": label, "source": "stated", "confidence": {label: sure}, **usage}


def line(identity: str, gold: str | None, small: Any, large: Any, **more: Any) -> dict[str, Any]:
    return {"id": identity, "gold": gold, "votes": {"small": small, "large": large}, **more}


ROWS = [
    line("right at once", "yes", said("yes", 0.95, 10), said("yes", 0.9, 10)),
    line("wrong at once", "no", said("yes", 0.95, 10), said("no", 0.9, 10)),
    line("climbs", "no", said("yes", 0.5, 10), said("no", 0.99, 10)),
    line("nobody says", "no", said(None, 0, 10), said(None, 0, 10)),
    line("no gold", None, said("no", 0.95, 10), said("no", 0.95, 10)),
]


def book(folder: Path) -> PriceBook:
    path = folder / "prices.toml"
    path.write_text(PRICES)
    return PriceBook.load([path])


def tried(folder: Path, lines: Sequence[Any], of: Policy, **what: Any) -> Simulated:
    recording = Recording.open(write(folder / "r.jsonl", lines), TASK)
    return figures(simulate(recording, of), Scenario(book(folder), DAY, **what))


def test_a_cascade_by_hand(tmp_path: Path) -> None:
    found = tried(tmp_path, ROWS, policy(SMALL, LARGE))
    small, large = found.tiers
    assert (found.candidates, found.labelled, found.abstained, found.failed) == (5, 4, 0, 1)
    assert (small.asked, small.accepted, large.asked, large.accepted) == (5, 3, 2, 1)
    assert found.accuracy is not None
    assert (found.accuracy.count, found.accuracy.total) == (2, 3)
    assert small.error is not None
    assert (small.error.count, small.error.total) == (1, 2)
    # 0.1 and 0.4, and 2.5 and 10 USD per million tokens, and a micro-USD for each request.
    assert small.bill.by_kind["input"] == Usd.of("0.000005")
    assert small.bill.by_kind["output"] == Usd.of("0.000002")
    assert large.bill.total == Usd.of("0.00005") + Usd.of("0.00002") + Usd.of("0.000002")
    assert found.usd_per_candidate == pytest.approx((0.000007 + 0.000072) / 5)
    assert found.seconds_mean == pytest.approx((5 * 0.5 + 2 * 0.5) / 5)


def test_who_is_not_sure_enough_at_the_top_abstains(tmp_path: Path) -> None:
    top = {**LARGE, "accept": {"probability": 0.999}}
    found = tried(tmp_path, ROWS, policy(SMALL, top))
    assert (found.labelled, found.abstained, found.failed) == (3, 1, 1)
    assert found.accuracy is not None
    # What abstained is not delivered: it is neither right nor wrong.
    assert found.accuracy.total == 2


def test_people_are_right_and_cost_their_wage(tmp_path: Path) -> None:
    found = tried(tmp_path, ROWS, policy(SMALL, person=True))
    clerk = found.tiers[-1]
    assert (found.by_people, clerk.asked, clerk.bill.total) == (2, 2, Usd.of("0.16"))
    assert found.accuracy is not None
    assert (found.accuracy.count, found.accuracy.total) == (3, 4)
    assert found.accepted_error is not None
    assert (found.accepted_error.count, found.accepted_error.total) == (1, 2)
    dearer = tried(tmp_path, ROWS, policy(SMALL, person=True), human_price=Usd.of("0.10"))
    assert dearer.tiers[-1].bill.total == Usd.of("0.20")


def test_gold_of_no_label_makes_every_machine_wrong(tmp_path: Path) -> None:
    lines = [line("1", "n/a", said("yes", 0.95, 1), said("yes", 0.95, 1)), ROWS[0]]
    found = tried(tmp_path, lines, policy(SMALL, LARGE))
    assert found.accuracy is not None
    assert (found.accuracy.count, found.accuracy.total) == (1, 2)


def test_what_if(tmp_path: Path) -> None:
    plain = tried(tmp_path, ROWS, policy(SMALL, LARGE))
    twice = tried(tmp_path, ROWS, policy(SMALL, LARGE), times={"small": Fraction(2)})
    assert twice.tiers[0].bill.total == plain.tiers[0].bill.total * 2
    assert twice.tiers[1].bill == plain.tiers[1].bill
    cached = tried(tmp_path, ROWS, policy(SMALL, LARGE), cached=Fraction(4, 5))
    assert cached.tiers[0].bill.usage.cached_input == 5 * 8
    assert cached.tiers[0].bill.usage.input == 5 * 2
    assert cached.tiers[0].bill.by_kind["cached_input"] == Usd.of("0.0000004")
    # `large` has no batch price.
    batch = tried(tmp_path, ROWS, policy(SMALL, LARGE), batch=True)
    assert batch.cost == plain.cost


def test_a_row_with_a_missing_vote_is_left_out_and_counted(tmp_path: Path) -> None:
    lines = [*ROWS, {"id": "half", "gold": "yes", "votes": {"small": said("yes", 0.95, 1)}}]
    found = tried(tmp_path, lines, policy(SMALL, LARGE))
    assert (found.candidates, found.left_out.incomplete) == (5, 1)
    # A policy that never asks the other one can use it.
    assert tried(tmp_path, lines, policy(SMALL)).candidates == 6


def test_an_annotator_that_the_recording_lacks_is_named(tmp_path: Path) -> None:
    recording = Recording.open(
        write(tmp_path / "r.jsonl", [{"id": "1", "gold": "yes", "votes": {"largest": "yes"}}]), TASK
    )
    with pytest.raises(PolicyError, match=r"no votes of 'large'; did you mean 'largest'"):
        simulate(recording, policy(LARGE))


def test_an_empty_recording_of_votes_is_no_error(tmp_path: Path) -> None:
    found = tried(tmp_path, [line("1", None, said("no", 1, 1), said("no", 1, 1))], policy(LARGE))
    assert (found.candidates, found.accuracy, found.accepted_error) == (1, None, None)


def test_rows_drawn_with_unequal_chances_weigh_what_they_stand_for(tmp_path: Path) -> None:
    right = line("1", "yes", said("yes", 0.95, 1), said("yes", 0.95, 1), sampled=0.1)
    wrong = line("2", "no", said("yes", 0.95, 1), said("yes", 0.95, 1), sampled=0.9)
    found = tried(tmp_path, [right, wrong], policy(SMALL, LARGE))
    assert found.accuracy is not None
    assert found.accuracy.value == pytest.approx(0.9)


def test_machines_alone_and_the_oracle(tmp_path: Path) -> None:
    recording = Recording.open(write(tmp_path / "r.jsonl", ROWS), TASK)
    simulation, scenario = simulate(recording, policy(SMALL, LARGE)), Scenario(book(tmp_path), DAY)
    small, large = alone(simulation, scenario)
    assert (small.name, small.accuracy, large.accuracy) == ("small", 0.25, 0.75)
    best = oracle(simulation, scenario)
    assert best is not None
    # One row by the small one, two by the large one; nobody is right about the last.
    assert best.accuracy == 0.75
    assert best.usd_per_candidate == pytest.approx((2 * 1.4e-6 + 2 * 36e-6) / 4)


def test_the_frontier_leaves_out_what_costs_more_and_is_no_better() -> None:
    points = [Point("a", 1, 0.7), Point("b", 2, 0.7), Point("c", 3, 0.9), Point("d", 2.5, 0.6)]
    assert [one.name for one in frontier(points)] == ["a", "c"]


def test_rows_of_a_group_widen_the_interval() -> None:
    right = np.repeat([True, False], [80, 20])
    weight = np.ones(100)
    alone_each = share_of(right, weight, np.arange(100).astype(str).astype(object))
    of_ten = share_of(right, weight, np.repeat(np.arange(10), 10).astype(str).astype(object))
    assert alone_each.value == of_ten.value == 0.8
    assert of_ten.interval.low < alone_each.interval.low - 0.1
    assert of_ten.interval.high > alone_each.interval.high


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 500), st.integers(1, 500))
def test_an_interval_holds_its_share(share: float, error: float, rows_: int, groups: int) -> None:
    found = interval_of(share, error, max(rows_, groups), groups)
    assert 0 <= found.low <= share + 1e-9
    assert share - 1e-9 <= found.high <= 1


def test_intervals_cover_as_often_as_they_say() -> None:
    chance, covered, times = np.random.default_rng(0), 0, 400
    for _ in range(times):
        rate = chance.beta(8, 2, size=40)
        group = np.repeat(np.arange(40), 8)
        right = chance.random(320) < rate[group]
        found = share_of(right, np.ones(320), group.astype(str).astype(object)).interval
        covered += found.low <= 0.8 <= found.high
    # 95 % less three standard errors.
    assert covered / times > 0.917


def test_the_same_seed_gives_the_same_figures(tmp_path: Path) -> None:
    task = TASK.model_copy(
        update={
            "labels": Task.model_validate(
                {"name": "t", "instructions": "W", "labels": ["good", "bad", "mixed"]}
            ).labels
        }
    )
    recording = Recording.open(write(tmp_path / "r.jsonl", rows(150)), task)
    of = policy(SMALL, LARGE).model_copy(
        update={
            "calibration": Policy.model_validate(
                {
                    "name": "x",
                    "calibration": {"rows": 60},
                    "annotators": {"a": PERSON},
                    "tiers": [{"name": "a", "ask": "a"}],
                }
            ).calibration
        }
    )
    first, again, other = (simulate(recording, of, seed=seed) for seed in (3, 3, 4))
    scenario = Scenario(book(tmp_path), DAY)
    assert figures(first, scenario) == figures(again, scenario)
    assert [r.candidate.id for r in first.calibration] != [
        r.candidate.id for r in other.calibration
    ]
