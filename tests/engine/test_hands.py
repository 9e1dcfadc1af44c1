"""Several things at once: nobody's call is abandoned, and the worst problem is the one raised."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cascade import CENT, TASK, Cascade, a_cent_a_token, candidates, scripted
from hypothesis import given
from hypothesis import strategies as st

from stepladder.annotators import ScriptedAnnotator
from stepladder.engine import Run, RunOptions, Setup
from stepladder.engine.brake import Brake, Interrupted
from stepladder.engine.hands import MoveOn, all_of, work_off
from stepladder.errors import CredentialsError, LedgerError, OverrunError, RateLimitedError
from stepladder.policy import Policy
from stepladder.types import Candidate, Usage, Usd


async def fail(problem: BaseException, after: float = 0.0) -> None:
    await asyncio.sleep(after)
    raise problem


async def test_all_are_awaited_before_a_problem_is_raised() -> None:
    done: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(0.02)
        done.append("slow")

    with pytest.raises(LedgerError):
        await all_of([fail(LedgerError("full")), slow()])
    assert done == ["slow"]


async def test_a_real_problem_goes_before_a_stop() -> None:
    with pytest.raises(LedgerError):
        await all_of([fail(Interrupted()), fail(LedgerError("full"), 0.01)])


@given(st.integers(1, 5), st.lists(st.integers(), max_size=20))
def test_every_item_is_done_once(hands: int, items: list[int]) -> None:
    done: list[int] = []

    async def do(item: int, _: MoveOn) -> None:
        await asyncio.sleep(0)
        done.append(item)

    asyncio.run(work_off(iter(items), do, hands, Brake()))
    assert sorted(done) == sorted(items)


async def test_a_cancellation_lets_hands_finish_and_take_up_nothing_new() -> None:
    begun: list[int] = []
    ended: list[int] = []

    async def do(item: int, _: MoveOn) -> None:
        begun.append(item)
        await asyncio.sleep(0.05)
        ended.append(item)

    work = asyncio.create_task(work_off(iter(range(100)), do, 3, Brake()))
    await asyncio.sleep(0.02)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert begun == ended == [0, 1, 2]


def two_at_once(folder: Path, x: object, y: object, **calibration: int) -> Run:
    policy = Policy.model_validate(
        {
            "name": "p",
            "annotators": {
                name: {"kind": "scripted", "answers": {}, "retries": 1} for name in ("x", "y")
            },
            "tiers": [{"name": "both", "ask": ["x", "y"]}],
            "calibration": {"rows": 0} | calibration,
        }
    )
    rates = {name: a_cent_a_token(name) for name in ("x", "y")}
    setup = Setup(TASK, policy, {"x": x, "y": y}, rates)  # type: ignore[dict-item]
    options = RunOptions(ledger=f"sqlite:///{folder / 'ledger.db'}", budget=Usd.of("1"))
    return Run(setup, candidates(1), options)


async def test_a_sibling_in_flight_is_settled_when_the_run_halts(tmp_path: Path) -> None:
    locked_out = scripted("x", "yes", errors={"*": CredentialsError("no key", free=True)})
    slow = scripted("y", "yes", delays={"*": 0.05})
    with pytest.raises(CredentialsError):
        [f async for f in two_at_once(tmp_path, locked_out, slow).decisions()]
    again_x, again_y = scripted("x", "yes"), scripted("y", "yes")
    run = two_at_once(tmp_path, again_x, again_y)
    assert [f.decision.label async for f in run.decisions()] == ["yes"]
    assert again_y.asked == []
    assert run.spent == CENT * 2


async def test_a_sibling_in_flight_is_settled_when_somebody_stops_a_retry(tmp_path: Path) -> None:
    busy = scripted("x", "yes", errors={"*": RateLimitedError("later", free=True, retry_after=90)})
    slow = scripted("y", "yes", delays={"*": 0.3})
    run = two_at_once(tmp_path, busy, slow)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stop_once_asked(run, slow))
        assert [f async for f in run.decisions()] == []
    assert run.spent == CENT


async def stop_once_asked(run: Run, annotator: ScriptedAnnotator) -> None:
    while not annotator.asked:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    run.stop()


async def test_what_moves_on_makes_room_for_others() -> None:
    slow_tier = asyncio.Event()
    begun: list[int] = []

    async def do(item: int, move_on: MoveOn) -> None:
        begun.append(item)
        if item % 2 == 0:
            move_on()
            await slow_tier.wait()
        elif item == 9:
            slow_tier.set()

    await asyncio.wait_for(work_off(iter(range(10)), do, 1, Brake()), 5)
    assert begun == list(range(10))


async def test_who_does_not_move_on_keeps_its_place() -> None:
    now = most = 0

    async def do(item: int, move_on: MoveOn) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        move_on()
        move_on()

    await work_off(iter(range(50)), do, 3, Brake())
    # The one that moved on, and the one that took its place: never more for each hand.
    assert most <= 6


def gold(count: int) -> list[Candidate]:
    """Right to be "yes" four times in five."""
    return [
        Candidate(id=f"g{i}", columns={"text": "t"}, gold="yes" if i % 5 else "no")
        for i in range(count)
    ]


@pytest.mark.parametrize("concurrency", [1, 2, 5])
async def test_a_halt_during_calibration_is_not_taken_for_a_stop(
    tmp_path: Path, concurrency: int
) -> None:
    greedy = scripted("weak", "yes", usage=Usage(input=5), bound=Usage(input=1))
    cascade = Cascade(tmp_path, greedy, concurrency=concurrency, calibration={"rows": 10})
    with pytest.raises(OverrunError):
        await cascade.label(gold(30))


async def test_a_cancelled_calibration_settles_its_calls(tmp_path: Path) -> None:
    slow = scripted("weak", "yes", delays={"*": 0.05})
    cascade = Cascade(tmp_path, slow, calibration={"rows": 10}, concurrency=2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.12):
            await cascade.label(gold(30))
    again = scripted("weak", "yes")
    await Cascade(tmp_path, again, calibration={"rows": 10}).label(gold(30))
    assert len(slow.asked) + len(again.asked) == 30


async def test_a_calibration_that_the_budget_cut_short_is_taken_up_again(tmp_path: Path) -> None:
    settings = {"rows": 20, "minimum": 10}
    cascade = Cascade(tmp_path, scripted("weak", "yes"), calibration=settings)
    poor = cascade.run(gold(40), budget="0.05")
    [f async for f in poor.decisions()]
    assert poor.calibrated is not None
    assert not poor.calibrated.fit.annotators["weak"].calibrated
    rich = cascade.run(gold(40), budget="1")
    [f async for f in rich.decisions()]
    assert rich.calibrated is not None
    assert rich.calibrated.fit.annotators["weak"].rows == 20
    assert rich.calibrated.fit.annotators["weak"].calibrated
