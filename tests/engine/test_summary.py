"""Figures of a run, against numbers worked out by hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from cascade import CENT, Cascade, candidates, scripted

from stepladder.engine.payroll import Payroll, dearest_alone
from stepladder.engine.progress import GoldFigures
from stepladder.engine.summary import at_random, summarise
from stepladder.engine.tally import Tally
from stepladder.types import Status, Usd


def gold(*rows: int) -> GoldFigures:
    """Figures in the order of their fields, of gold that was not drawn."""
    labelled, right, by_machine, machine_right, everywhere = (
        Tally(Counter({None: count})) for count in rows
    )
    return GoldFigures(
        labelled=labelled,
        right=right,
        by_machine=by_machine,
        machine_right=machine_right,
        machine_right_everywhere=everywhere,
    )


def test_the_same_share_at_random_by_hand() -> None:
    # 100 labelled: 80 by machine, 72 of them right; people 20, all right. Machines alone would
    # have got 78 of the 100. A random 20 to people: 0.2 * 1 + 0.8 * 0.78.
    assert at_random(gold(100, 92, 80, 72, 78), {None: 1.0}) == pytest.approx(0.2 + 0.8 * 0.78)


def test_without_people_there_is_nothing_to_compare() -> None:
    assert at_random(gold(5, 4, 5, 4, 4), {None: 1.0}) is None
    assert at_random(GoldFigures(), {}) is None


async def test_the_dearest_goes_by_its_mean_or_else_by_its_quotes(tmp_path: Path) -> None:
    strong = scripted("strong", "yes")
    cascade = Cascade(tmp_path, weak=scripted("weak", "yes"), strong=strong, answers={})
    run = cascade.run(candidates(5))
    payroll = Payroll()
    async for finished in run.decisions():
        payroll.add(finished)
    # Nobody asked the person, who quotes ten cents for each of five; machines cost a cent.
    found = dearest_alone(run.setup, payroll, candidates(5), 5)
    assert found is not None
    assert (found.annotator, found.cost, found.votes) == ("person", Usd.of("0.50"), 0)


async def test_means_are_over_those_who_were_asked(tmp_path: Path) -> None:
    weak = scripted("weak", {"c0": "yes", "*": "perhaps"})
    cascade = Cascade(tmp_path, weak=weak, answers={"c1": "no"}, weak_accept={"agree": 1})
    items = candidates(3)
    run = cascade.run(items)
    payroll = Payroll()
    async for finished in run.decisions():
        payroll.add(finished)
    summary = summarise(run, payroll, items)
    # One answer of the person at ten cents, so three would be thirty.
    assert summary.dearest is not None
    assert (summary.dearest.cost, summary.dearest.votes) == (Usd.of("0.30"), 1)
    assert summary.spend.usd == CENT * 3
    assert summary.spend.total == CENT * 13
    assert summary.statuses[Status.LABELLED] == 2
    assert summary.statuses[Status.PENDING] == 1
    assert summary.complete


def test_an_empty_run_has_no_dearest(tmp_path: Path) -> None:
    run = Cascade(tmp_path, weak=scripted("weak", "yes")).run([])
    assert dearest_alone(run.setup, Payroll(), [], 0) is None
