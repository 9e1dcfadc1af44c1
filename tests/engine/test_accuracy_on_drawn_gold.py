"""Accuracy on gold that was drawn by strata: of the file, not of the draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from cascade import Cascade, scripted
from hypothesis import given
from hypothesis import strategies as st

from stepladder.audit import wilson
from stepladder.audit.drawing import Group, draw_groups
from stepladder.confidence.weighing import weights
from stepladder.engine.payroll import Payroll
from stepladder.engine.progress import GoldFigures
from stepladder.engine.summary import Accuracy, Summary, accuracy, at_random, summarise
from stepladder.engine.tally import Tally
from stepladder.types import Candidate

SURE, DOUBTED = 1900, 100
"""Candidates that the weak annotator calls yes, and those it calls no."""
TRUTH = (0.97 * SURE + 0.5 * DOUBTED) / (SURE + DOUBTED)
SEEDS = 40


def a_file() -> dict[str, tuple[str, str]]:
    """What is said of each candidate, and what is true: 3 % of yes are wrong, half of no."""
    said = ["yes"] * SURE + ["no"] * DOUBTED
    wrong = {*range(SURE * 3 // 100), *range(SURE, SURE + DOUBTED // 2)}
    other = {"yes": "no", "no": "yes"}
    return {f"c{n}": (s, other[s] if n in wrong else s) for n, s in enumerate(said)}


FILE = a_file()


def drawn(seed: int) -> list[Candidate]:
    """About 200 candidates with gold, as `stepladder gold --stratify` draws them."""
    groups = [Group(name, 1, said) for name, (said, _) in FILE.items()]
    return [
        Candidate(
            id=one.group.name,
            columns={"text": one.group.name},
            gold=FILE[one.group.name][1],
            sampled=one.probability,
        )
        for one in draw_groups(groups, 200, seed)
    ]


def by_machine(rows: Iterable[Candidate]) -> Accuracy:
    """What is made of rows that the weak annotator labelled."""
    right, every = Tally(), Tally()
    for row in rows:
        every.add(row.sampled)
        right.add(row.sampled, FILE[row.id][0] == row.gold)
    found = accuracy(right, every, weights(every.by_chance))
    assert found is not None
    return found


def covers(found: Accuracy) -> bool:
    return found.interval.low <= TRUTH <= found.interval.high


async def summary_of(cascade: Cascade, rows: list[Candidate]) -> Summary:
    """A run of the rows from the first to the last."""
    run = cascade.run(rows)
    async for _ in run.decisions():
        pass
    return summarise(run, Payroll(), rows)


def test_the_weighed_share_is_that_of_the_file_and_the_unweighed_is_not() -> None:
    found = [by_machine(drawn(seed)) for seed in range(SEEDS)]
    assert sum(one.share for one in found) / SEEDS == pytest.approx(TRUTH, abs=0.01)
    assert sum(covers(one) for one in found) >= 0.9 * SEEDS
    assert not any(covers(replace(one, weighed=None)) for one in found)


def test_its_interval_is_that_of_the_rows_it_is_worth() -> None:
    """A hundred rows of each stratum that stand for 19 and for one: 2000² / 36200 rows."""
    found = by_machine(drawn(0))
    assert found.weighed is not None
    assert found.total == 200
    assert found.weighed.effective == pytest.approx(2000**2 / 36200)
    assert found.interval == wilson(found.share * 110.49723756906077, 110.49723756906077)


async def test_a_run_weighs_what_it_measures_by_how_it_was_drawn(tmp_path: Path) -> None:
    rows = drawn(0)
    weak = scripted("weak", {name: said for name, (said, _) in FILE.items()})
    summary = await summary_of(Cascade(tmp_path, weak, weak_accept={"agree": 1}), rows)
    assert summary.labels == by_machine(rows)
    assert covers(by_machine(rows))


async def test_people_and_machines_add_up(tmp_path: Path) -> None:
    """The machine keeps silent on a stratum of its own, where the person is always right."""
    rows = drawn(0)
    weak = scripted("weak", {n: said if said == "yes" else "?" for n, (said, _) in FILE.items()})
    answers = {row.id: row.gold or "" for row in rows}
    cascade = Cascade(tmp_path, weak, answers=answers, weak_accept={"agree": 1})
    summary = await summary_of(cascade, rows)
    assert summary.labels is not None
    assert summary.machine_labels is not None
    # Of 2000 candidates the person takes 100.
    assert summary.machine_labels.weighed is None
    assert summary.machine_labels.total == 100
    assert summary.labels.share == pytest.approx(0.95 * summary.machine_labels.share + 0.05)
    # At random, 5 % go to the person, and the machine has no label for 5 % of the rest.
    assert summary.at_random == pytest.approx(0.05 + 0.95 * 0.95 * summary.machine_labels.share)


async def test_rows_that_were_drawn_alike_or_not_at_all_are_counted(tmp_path: Path) -> None:
    weak = scripted("weak", {name: said for name, (said, _) in FILE.items()})
    for chance in (None, 0.07):
        rows = [replace(row, sampled=chance) for row in drawn(0)]
        cascade = Cascade(tmp_path, weak, weak_accept={"agree": 1})
        found = (await summary_of(cascade, rows)).labels
        assert found is not None
        assert found == Accuracy(found.right, 200)
        assert found.share == found.right / 200
        assert found.interval == wilson(found.right, 200)


measured = st.lists(
    st.tuples(
        st.none() | st.floats(1e-6, 1.0) | st.just(0.5), st.booleans(), st.booleans(), st.booleans()
    )
)


@given(measured)
def test_any_gold_gives_shares_from_0_to_1(
    rows: list[tuple[float | None, bool, bool, bool]],
) -> None:
    gold = GoldFigures()
    for chance, right, machine, everywhere in rows:
        gold.labelled.add(chance)
        gold.right.add(chance, right)
        gold.by_machine.add(chance, machine)
        gold.machine_right.add(chance, machine and right)
        gold.machine_right_everywhere.add(chance, everywhere)
    scale = weights(gold.labelled.by_chance)
    labels = accuracy(gold.right, gold.labelled, scale)
    machines = accuracy(gold.machine_right, gold.by_machine, scale)
    assert (labels is None) == (not rows)
    for found in filter(None, (labels, machines)):
        assert 0 <= found.interval.low <= found.share <= found.interval.high <= 1
        assert found.weighed is None or 0 < found.weighed.effective <= found.total
    chance_share = at_random(gold, scale)
    assert chance_share is None or 0 <= chance_share <= 1
