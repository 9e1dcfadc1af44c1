"""A run end to end, over scripted annotators and a real ledger."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cascade import CENT, TASK, Cascade, candidates, scripted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepladder.annotators import Answer, Reply, ScriptedAnnotator
from stepladder.engine import Finished
from stepladder.errors import (
    BudgetError,
    CredentialsError,
    OverrunError,
    RateLimitedError,
    TimedOutError,
    UnavailableError,
)
from stepladder.types import FIRST, Candidate, Decision, Draw, Source, Status, Usage, Usd

SURE = {"yes": 0.97, "no": 0.03}
UNSURE = {"yes": 0.55, "no": 0.45}


def weak(ids_unsure: set[str] = frozenset(), **more: Any) -> Any:  # type: ignore[assignment]
    confidence = {"*": SURE} | dict.fromkeys(ids_unsure, UNSURE)
    return scripted("weak", "yes", confidence=confidence, source=Source.TOKEN_PROBABILITIES, **more)


def by_id(finished: list[Finished]) -> dict[str, Decision]:
    return {f.decision.key.id: f.decision for f in finished}


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "ledger.db") as connection:
        return connection.execute(query).fetchall()


def spend(folder: Path) -> Usd:
    found = rows(folder, "SELECT coalesce(sum(cost_pico), 0) FROM settlement WHERE NOT wage")
    return Usd(int(found[0][0]))


async def test_only_unsure_candidates_climb(tmp_path: Path) -> None:
    strong = scripted("strong", "no")
    cascade = Cascade(tmp_path, weak({"c1", "c3"}), strong)
    decided = by_id(await cascade.label(candidates(5)))
    assert {i: d.route for i, d in decided.items()} == {
        "c0": ("weak",),
        "c1": ("weak", "strong"),
        "c2": ("weak",),
        "c3": ("weak", "strong"),
        "c4": ("weak",),
    }
    assert decided["c0"].label == "yes"
    assert decided["c0"].cost == CENT
    assert decided["c1"].cost == CENT * 2
    assert decided["c1"].usage == Usage(input=2, requests=2)
    assert len(strong.asked) == 2


async def test_an_uncalibrated_probability_says_so(tmp_path: Path) -> None:
    (finished,) = await Cascade(tmp_path, weak()).label(candidates(1))
    assert finished.decision.probability == pytest.approx(0.97)
    assert not finished.decision.calibrated


async def test_pending_waits_and_is_settled_by_a_later_answer(tmp_path: Path) -> None:
    first = weak({"c0", "c1"})
    waiting = by_id(await Cascade(tmp_path, first, answers={"c1": "no"}).label(candidates(2)))
    assert waiting["c0"].status is Status.PENDING
    assert waiting["c0"].label is None
    assert waiting["c1"].label == "no"
    assert waiting["c1"].probability is None
    assert waiting["c1"].cost == CENT + Usd.of("0.10")

    second = weak({"c0", "c1"})
    answers = {"c0": "yes", "c1": "no"}
    settled = by_id(await Cascade(tmp_path, second, answers=answers).label(candidates(2)))
    assert settled["c0"].label == "yes"
    assert settled["c1"] == waiting["c1"]
    assert second.asked == []


async def test_who_abstained_because_the_top_was_down_is_asked_about_again(tmp_path: Path) -> None:
    down = scripted("strong", "no", errors={"*": UnavailableError("down", free=True)})
    unsure = weak({"c0"})
    first = await Cascade(tmp_path, unsure, down).label(candidates(2))
    assert {f.decision.key.id: f.decision.status for f in first} == {
        "c0": Status.ABSTAINED,
        "c1": Status.LABELLED,
    }
    again, up = weak({"c0"}), scripted("strong", "no")
    second = await Cascade(tmp_path, again, up).label(candidates(2))
    assert {f.decision.key.id: f.decision.label for f in second} == {"c0": "no", "c1": "yes"}
    assert again.asked == []
    assert [key.id for key in up.asked] == ["c0"]


async def test_without_a_person_the_unsure_abstain(tmp_path: Path) -> None:
    (finished,) = await Cascade(tmp_path, weak({"c0"})).label(candidates(1))
    assert finished.decision.status is Status.ABSTAINED
    assert finished.decision.label is None
    assert "0.550 < 0.9" in finished.decision.reason


async def test_off_list_answers_climb_and_cost(tmp_path: Path) -> None:
    cascade = Cascade(tmp_path, scripted("weak", "I cannot say"), scripted("strong", "no"))
    (finished,) = await cascade.label(candidates(1))
    assert finished.decision.label == "no"
    assert finished.decision.cost == CENT * 2


async def test_no_label_at_all_is_failed(tmp_path: Path) -> None:
    (finished,) = await Cascade(tmp_path, scripted("weak", "perhaps")).label(candidates(1))
    assert finished.decision.status is Status.FAILED


async def test_every_attempt_is_in_the_ledger_and_unknown_costs_settle_at_the_quote(
    tmp_path: Path,
) -> None:
    flaky = weak(
        errors={"c0": [RateLimitedError("slow down", free=True), TimedOutError("no answer")]}
    )
    (finished,) = await Cascade(tmp_path, flaky, retries=2).label(candidates(1))
    assert finished.decision.label == "yes"
    outcomes = rows(tmp_path, "SELECT outcome, cost_pico FROM settlement ORDER BY attempt")
    assert outcomes == [("refunded", 0), ("failed", CENT.pico), ("answered", CENT.pico)]
    assert finished.decision.cost == CENT * 2


async def test_when_attempts_run_out_the_candidate_climbs(tmp_path: Path) -> None:
    broken = weak(errors={"*": UnavailableError("down", free=True)})
    (finished,) = await Cascade(tmp_path, broken, scripted("strong", "no"), retries=1).label(
        candidates(1)
    )
    assert finished.decision.label == "no"
    assert [v.label for v in finished.votes] == [None, "no"]


async def test_an_error_is_asked_again_by_the_next_start(tmp_path: Path) -> None:
    broken = weak(errors={"*": UnavailableError("down", free=True)})
    (failed,) = await Cascade(tmp_path, broken).label(candidates(1))
    assert failed.decision.status is Status.FAILED
    (mended,) = await Cascade(tmp_path, weak()).label(candidates(1))
    assert mended.decision.label == "yes"


async def test_a_resumed_run_asks_nobody_again(tmp_path: Path) -> None:
    first = await Cascade(tmp_path, weak({"c2"}), scripted("strong", "no")).label(candidates(6))
    again_weak, again_strong = weak({"c2"}), scripted("strong", "no")
    second = await Cascade(tmp_path, again_weak, again_strong).label(candidates(6))
    assert by_id(second) == by_id(first)
    assert (again_weak.asked, again_strong.asked) == ([], [])


async def test_a_changed_answerer_is_asked_anew_and_only_that_one(tmp_path: Path) -> None:
    await Cascade(tmp_path, weak({"c0"}), scripted("strong", "no")).label(candidates(1))
    same, changed = weak({"c0"}), scripted("strong", "yes")
    (finished,) = await Cascade(tmp_path, same, changed).label(candidates(1))
    assert (len(same.asked), len(changed.asked)) == (0, 1)
    assert finished.decision.label == "yes"


async def test_a_changed_rule_decides_anew_from_the_votes(tmp_path: Path) -> None:
    await Cascade(tmp_path, weak({"c0"}), scripted("strong", "no")).label(candidates(1))
    lenient, strong = weak({"c0"}), scripted("strong", "no")
    cascade = Cascade(tmp_path, lenient, strong, weak_accept={"agree": 1})
    (finished,) = await cascade.label(candidates(1))
    assert finished.decision.route == ("weak",)
    assert finished.decision.label == "yes"
    assert (lenient.asked, strong.asked) == ([], [])


async def test_the_budget_is_a_wall_and_may_be_raised(tmp_path: Path) -> None:
    cascade = Cascade(tmp_path, weak({f"c{i}" for i in range(20)}), scripted("strong", "no"))
    poor = await cascade.label(candidates(20), budget="0.15")
    assert spend(tmp_path) <= Usd.of("0.15")
    labelled = [f for f in poor if f.decision.status is Status.LABELLED]
    over = [f for f in poor if f.decision.status is Status.OVER_BUDGET]
    assert len(labelled) == 7
    assert len(labelled) + len(over) == 20
    rich = await cascade.label(candidates(20), budget="1")
    assert all(f.decision.status is Status.LABELLED for f in rich)
    assert spend(tmp_path) == CENT * 40


async def test_a_budget_too_small_for_one_candidate_is_an_error(tmp_path: Path) -> None:
    cascade = Cascade(tmp_path, weak(), retries=2)
    with pytest.raises(BudgetError, match=r"'c0' may cost 0\.03 USD"):
        await cascade.label(candidates(2), budget="0.02")
    assert spend(tmp_path) == Usd(0)


async def test_wages_have_a_wall_of_their_own(tmp_path: Path) -> None:
    unsure = weak({"c0", "c1", "c2"})
    cascade = Cascade(tmp_path, unsure, answers={"c0": "no", "c1": "no", "c2": "no"})
    finished = await cascade.label(candidates(3), wages="0.25")
    statuses = sorted(f.decision.status for f in finished)
    assert statuses == [Status.LABELLED, Status.LABELLED, Status.OVER_BUDGET]


async def test_an_overrun_is_recorded_and_halts(tmp_path: Path) -> None:
    greedy = scripted("weak", "yes", usage=Usage(input=5), bound=Usage(input=1))
    cascade = Cascade(tmp_path, greedy, concurrency=1)
    with pytest.raises(OverrunError, match=r"billed 0\.05 USD for candidate 'c0'"):
        await cascade.label(candidates(10))
    assert spend(tmp_path) == CENT * 5
    assert len(greedy.asked) == 1


async def test_a_wrong_key_halts_before_everybody_fails(tmp_path: Path) -> None:
    locked_out = weak(errors={"*": CredentialsError("wrong key", free=True)})
    with pytest.raises(CredentialsError):
        await Cascade(tmp_path, locked_out, concurrency=2).label(candidates(50))
    assert len(locked_out.asked) <= 2


async def test_private_candidates_go_to_local_annotators_only(tmp_path: Path) -> None:
    strong = scripted("strong", "no")
    cascade = Cascade(tmp_path, weak({"c0", "c1"}), strong, answers={})
    secret, public = candidates(1, local_only=True) + candidates(2)[1:]
    decided = by_id(await cascade.label([secret, public]))
    assert decided["c0"].status is Status.PENDING
    assert [key.id for key in strong.asked] == ["c1"]


async def test_calibration_rows_keep_their_gold_and_are_not_measured(tmp_path: Path) -> None:
    pool = [
        Candidate(
            id=f"g{i}",
            columns={"text": f"g {i}"},
            group=f"p{i // 2}",
            gold=("yes", "no")[i % 2],
        )
        for i in range(40)
    ]
    right = scripted("weak", {c.id: c.gold or "" for c in pool} | {"*": "yes"})
    cascade = Cascade(tmp_path, right, calibration={"rows": 20, "minimum": 10})
    run = cascade.run([*pool, *candidates(3)])
    finished = [f async for f in run.decisions()]
    seen = {f.decision.key.id for f in finished if f.by_gold}
    assert len(seen) == 20
    assert all(f.decision.route == ("gold",) for f in finished if f.by_gold)
    assert run.progress.gold.labelled.rows == 20
    groups = {c.group for c in pool if c.id in seen}
    assert groups.isdisjoint({c.group for c in pool if c.id not in seen})
    assert next(f for f in finished if f.decision.key.id == "c0").decision.calibrated


async def test_stopping_lets_calls_in_flight_finish_and_a_resume_goes_on(tmp_path: Path) -> None:
    slow = weak(delays={"*": 0.01})
    cascade = Cascade(tmp_path, slow, concurrency=2)
    run = cascade.run(candidates(30))
    first = []
    async for finished in run.decisions():
        first.append(finished)
        if len(first) == 5:
            run.stop()
    assert 5 <= len(first) <= 8
    assert len(slow.asked) == len(first)
    open_attempts = rows(
        tmp_path,
        "SELECT count(*) FROM attempt WHERE id NOT IN (SELECT attempt FROM settlement)",
    )
    assert open_attempts == [(0,)]
    again = weak(delays={"*": 0.0})
    second = await Cascade(tmp_path, again, concurrency=2).label(candidates(30))
    assert len(second) == 30
    assert len(again.asked) == 30 - len(first)


async def test_a_consumer_that_leaves_early_strands_nothing(tmp_path: Path) -> None:
    run = Cascade(tmp_path, weak(delays={"*": 0.005})).run(candidates(50))
    decisions = run.decisions()
    async for _ in decisions:
        break
    await decisions.aclose()
    assert (await Cascade(tmp_path, weak()).label(candidates(2)))[0].decision.label == "yes"


async def test_a_consumer_that_leaves_early_is_told_that_the_run_had_to_halt(
    tmp_path: Path,
) -> None:
    greedy = Overrunning()
    decisions = Cascade(tmp_path, greedy, concurrency=1).run(candidates(3)).decisions()
    assert (await anext(decisions)).decision.key.id == "c0"
    while greedy.asked_for < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    # Long enough for everybody's work to have ended, though nobody reads.
    await asyncio.sleep(0.3)
    with pytest.raises(OverrunError):
        await decisions.aclose()


class Overrunning(ScriptedAnnotator):
    """Bills its second answer beyond its quote."""

    def __init__(self) -> None:
        super().__init__("weak", {"*": "yes"}, TASK, usage=Usage(input=1))
        self.asked_for = 0

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        self.asked_for += 1
        reply = await super().ask(candidate, draw)
        assert isinstance(reply, Answer)
        return reply if self.asked_for == 1 else replace(reply, usage=Usage(input=9))


async def test_two_questions_about_one_text_are_two_decisions(tmp_path: Path) -> None:
    food, service = (
        Candidate(id="r1", question=q, columns={"text": "fine"}) for q in ("food", "service")
    )
    finished = await Cascade(tmp_path, weak()).label([food, service])
    assert {f.decision.key.question for f in finished} == {"food", "service"}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    budget=st.integers(1, 60),
    concurrency=st.integers(1, 12),
    retries=st.integers(0, 2),
    # Few: where everybody fails, all wait for the annotator to come back.
    flaky=st.sets(st.integers(0, 14), max_size=4),
    unsure=st.sets(st.integers(0, 14)),
    unknown=st.booleans(),
)
async def test_spend_never_exceeds_the_budget(
    tmp_path_factory: pytest.TempPathFactory,
    budget: int,
    concurrency: int,
    retries: int,
    flaky: set[int],
    unsure: set[int],
    *,
    unknown: bool,
) -> None:
    folder = tmp_path_factory.mktemp("wall")
    problem = TimedOutError("?") if unknown else UnavailableError("?", free=True)
    cascade = Cascade(
        folder,
        weak({f"c{i}" for i in unsure}, errors={f"c{i}": [problem] for i in flaky}),
        scripted("strong", "no", usage=Usage(input=2), bound=Usage(input=3)),
        concurrency=concurrency,
        retries=retries,
    )
    limit = CENT * budget
    try:
        finished = await cascade.label(candidates(15), budget=str(limit.decimal))
    except BudgetError:
        assert budget < 1 + retries
        return
    assert spend(folder) <= limit
    paid = sum((f.decision.cost for f in finished), Usd(0))
    assert paid == spend(folder)


async def test_a_decision_past_an_error_stands(tmp_path: Path) -> None:
    broken = weak(errors={"*": TimedOutError("?")})
    await Cascade(tmp_path, broken, scripted("strong", "no")).label(candidates(1))
    mended, strong = weak(), scripted("strong", "no")
    (finished,) = await Cascade(tmp_path, mended, strong).label(candidates(1))
    assert finished.decision.label == "no"
    assert (mended.asked, strong.asked) == ([], [])


async def test_stopping_does_not_wait_out_a_retry(tmp_path: Path) -> None:
    busy = weak(errors={"*": RateLimitedError("later", free=True, retry_after=100)})
    run = Cascade(tmp_path, busy, retries=3).run(candidates(3))
    asyncio.get_running_loop().call_later(0.2, run.stop)
    async with asyncio.timeout(10):
        assert [f async for f in run.decisions()] == []


async def test_stopping_during_calibration_keeps_its_votes(tmp_path: Path) -> None:
    gold = [Candidate(id=f"g{i}", columns={"text": "t"}, gold="yes") for i in range(40)]
    settings_ = {"rows": 20, "minimum": 10}
    slow = weak(delays={"*": 0.02})
    run = Cascade(tmp_path, slow, calibration=settings_, concurrency=2).run(gold)

    async def stop_once_asked() -> None:
        while not slow.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        run.stop()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stop_once_asked())
        assert [f async for f in run.decisions()] == []
    again = weak()
    finished = await Cascade(tmp_path, again, calibration=settings_).label(gold)
    assert len(finished) == 40
    assert len(slow.asked) > 0
    assert len(slow.asked) + len(again.asked) == 40
