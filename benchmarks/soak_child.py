"""One process of a schedule: its runs side by side, and a watch on their walls."""

from __future__ import annotations

import asyncio
import os
import signal
import traceback
from collections.abc import Mapping
from contextlib import aclosing, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import soak_warp
from benchmarks.soak_charger import Books, Charger
from benchmarks.soak_schedule import How, ProcessPlan, RunPlan, Schedule, Temper, drawn
from benchmarks.soak_watch import Report, Watch
from stepladder.engine import Run, RunOptions, Setup
from stepladder.engine.rates import AnswerRate, Rate, TokenRate
from stepladder.errors import BudgetError, LedgerBusyError, OverrunError
from stepladder.policy import Policy
from stepladder.pricing import Price, Wage
from stepladder.task import Task
from stepladder.types import Candidate, Status, Usd

TASK = Task.model_validate({"name": "soak", "instructions": "Choose.", "labels": ["yes", "no"]})
DAY = date(2026, 1, 1)
BETWEEN_LOOKS = 0.3
"""Seconds, of fast time, between two looks at the walls."""


def live(schedule: Schedule, plan: ProcessPlan, folder: Path, report: Path) -> None:
    """Do what the plan says; does not come back."""
    said = Report(report)
    try:
        soak_warp.run(_all_runs(schedule, plan, folder, said))
    except BaseException:
        said.add(crash=traceback.format_exc())
        os._exit(1)
    os._exit(0)


def warm_up(folder: Path) -> None:
    """One run in this process."""
    schedule = drawn(0)
    plan = ProcessPlan(tuple(range(len(schedule.runs))), How.DONE, 0.0, 9)
    report = Report(folder / "report")
    soak_warp.run(_all_runs(schedule, plan, folder, report))


async def _all_runs(schedule: Schedule, plan: ProcessPlan, folder: Path, report: Report) -> None:
    asking = plan.how is How.KILLED_ASKING
    watch = Watch(report, plan.after if asking else float("inf"))
    _tell_of_orphans(report)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _say_where, report)
    looking = asyncio.create_task(_look(watch))
    books = Books(folder / "books")
    await asyncio.gather(
        *(_one(_made(schedule, n, plan, folder, books, watch), plan, report) for n in plan.runs)
    )
    looking.cancel()


def _tell_of_orphans(report: Report) -> None:
    def complain(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        report.add(orphan=f"{context.get('message')}: {context.get('exception')!r}")

    asyncio.get_running_loop().set_exception_handler(complain)


def _say_where(report: Report) -> None:
    """What everything in this process waits for."""
    for task in asyncio.all_tasks():
        frames = [f"{f.f_code.co_qualname}:{f.f_lineno}" for f in _stack(task)]
        report.add(waits=" > ".join(frames))


def _stack(task: asyncio.Task[Any]) -> list[Any]:
    """The frames from the task's own to the one that it waits in."""
    found: list[Any] = []
    waiting: Any = task.get_coro()
    while waiting is not None:
        kind = next((k for k in ("cr", "ag", "gi") if hasattr(waiting, f"{k}_frame")), None)
        if kind is None or getattr(waiting, f"{kind}_frame") is None:
            break
        found.append(getattr(waiting, f"{kind}_frame"))
        waiting = getattr(waiting, f"{kind}_await", None) or getattr(waiting, "gi_yieldfrom", None)
    return found


async def _look(watch: Watch) -> None:
    while True:
        watch.look()
        await asyncio.sleep(BETWEEN_LOOKS)


async def _one(run: Run, plan: ProcessPlan, report: Report) -> None:
    """One run to its planned end."""
    statuses = dict.fromkeys((status.value for status in Status), 0)
    broke: list[str] = []
    most = int(plan.after) if plan.how is How.LEFT else None
    reading = asyncio.create_task(_read(run, statuses, broke, most))
    ending = asyncio.create_task(_end(run, reading, plan))
    how = await _outcome(reading)
    ending.cancel()
    report.add(
        run=run.name,
        ended=how,
        statuses=statuses,
        broke=broke,
        left=(run.budget.limit - run.budget.spent).pico,
        held=run.budget.held.pico,
        overran=any(getattr(one, "overran", False) for one in run.setup.annotators.values()),
    )


async def _read(run: Run, statuses: dict[str, int], broke: list[str], most: int | None) -> None:
    async with aclosing(run.decisions()) as decisions:
        async for finished in decisions:
            if most is not None and sum(statuses.values()) >= most:
                return
            decision = finished.decision
            statuses[decision.status.value] += 1
            if decision.status is Status.OVER_BUDGET and not decision.route:
                broke.append(decision.key.id)


async def _outcome(reading: asyncio.Task[None]) -> str:
    try:
        await reading
    except asyncio.CancelledError:
        return "cancelled"
    except (LedgerBusyError, BudgetError, OverrunError) as problem:
        return type(problem).__name__
    return "done"


async def _end(run: Run, reading: asyncio.Task[None], plan: ProcessPlan) -> None:
    if plan.how not in {How.STOPPED, How.CANCELLED, How.CANCELLED_TWICE}:
        return
    await asyncio.sleep(plan.after)
    if plan.how is How.STOPPED:
        run.stop()
        return
    reading.cancel()
    if plan.how is How.CANCELLED_TWICE:
        await asyncio.sleep(0.1)
        with suppress(asyncio.CancelledError):
            reading.cancel()


def _made(
    schedule: Schedule, number: int, plan: ProcessPlan, folder: Path, books: Books, watch: Watch
) -> Run:
    made = schedule.runs[number]
    annotators = _annotators(schedule.seed, made, books)
    for one in annotators.values():
        one.look = watch.asked
    rates: dict[str, Rate] = {name: _rate(name, one.temper) for name, one in annotators.items()}
    budget = (schedule.pot if made.shared else made.budget) << plan.raises
    options = RunOptions(
        ledger=f"sqlite:///{folder / 'ledger.db'}",
        run=made.name,
        shared="pot" if made.shared else "",
        budget=Usd(budget),
        wages=Usd(made.wages),
    )
    run = Run(Setup(TASK, _policy(made), dict(annotators), rates), _candidates(made), options)
    watch.walls += [(made.name, run.budget), (made.name, run.wages)]
    return run


def _annotators(seed: int, plan: RunPlan, books: Books) -> dict[str, Charger]:
    tempers = {f"tier{n}": temper for n, temper in enumerate(plan.tempers)}
    if plan.together:
        tempers["beside"] = plan.tempers[0]
    if plan.person is not None:
        tempers["person"] = plan.person
    return {n: Charger(n, plan.name, temper, str(seed), books) for n, temper in tempers.items()}


def _rate(name: str, temper: Temper) -> Rate:
    if name == "person":
        return AnswerRate(Wage(name, DAY, "soak", Usd(temper.rate)))
    return TokenRate(Price(name, DAY, "soak", *(temper.rate,) * 5))


def _policy(plan: RunPlan) -> Policy:
    tiers: list[dict[str, Any]] = []
    for n in range(len(plan.tempers)):
        asked = ["tier0", "beside"] if n == 0 and plan.together else [f"tier{n}"]
        tiers.append({"name": f"t{n}", "ask": asked, "accept": {"probability": Decimal("0.9")}})
    if plan.person is not None:
        tiers.append({"name": "person", "ask": "person"})
    described: dict[str, Any] = {f"tier{n}": _spec(t) for n, t in enumerate(plan.tempers)}
    described["beside"] = _spec(plan.tempers[0])
    described["person"] = {"kind": "human"}
    asked_at_all = {name for tier in tiers for name in _names(tier["ask"])}
    return Policy.model_validate(
        {
            "name": "soak",
            "annotators": {name: described[name] for name in asked_at_all},
            "tiers": tiers,
            "calibration": {"rows": plan.gold, "share": Decimal(1)},
        }
    )


def _names(asked: Any) -> list[str]:
    return [asked] if isinstance(asked, str) else asked


def _spec(temper: Temper) -> dict[str, Any]:
    return {
        "kind": "custom",
        "concurrency": temper.concurrency,
        "retries": temper.retries,
        "when_down": "skip" if temper.skip else "wait",
        "patience": Decimal(5),
    }


def _candidates(plan: RunPlan) -> list[Candidate]:
    numbers = range(plan.first, plan.first + plan.count)
    return [
        Candidate(id=f"c{n}", columns={"text": f"text {n}"}, gold="yes" if at < plan.gold else None)
        for at, n in enumerate(numbers)
    ]
