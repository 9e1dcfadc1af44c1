"""Candidates put to machines in several wordings: what is asked, paid, kept and resumed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cascade import CENT, Cascade, candidates, scripted

from stepladder.audit.share import Share
from stepladder.engine import RunOptions
from stepladder.engine.consistency_report import AnnotatorReport, Past, report
from stepladder.engine.interview import Interview
from stepladder.engine.questions import Questions
from stepladder.engine.setup import Setup
from stepladder.errors import BudgetError, RejectedError
from stepladder.ledger.past_votes import PastVotes
from stepladder.testing import ScriptedAnnotator
from stepladder.types import BASE, FIRST, Candidate, Draw, Usage, Usd

TURNED, AGAIN = Draw("options-1"), Draw(BASE, 1)
DRAWS = (FIRST, TURNED)


def setup(folder: Path, *annotators: ScriptedAnnotator) -> Setup:
    """weak, or weak and strong, without retries, and a person who is never asked."""
    strong = annotators[1] if len(annotators) > 1 else None
    return Cascade(folder, annotators[0], strong, answers={}).run([]).setup


def asking(
    folder: Path,
    *annotators: ScriptedAnnotator,
    items: list[Candidate],
    draws: tuple[Draw, ...] = DRAWS,
    budget: str = "1",
    names: tuple[str, ...] = (),
) -> Interview:
    asked = names or tuple(one.name for one in annotators)
    questions = Questions.of(setup(folder, *annotators), asked, draws)
    options = RunOptions(f"sqlite:///{folder / 'ledger.db'}", "task (c)", budget=Usd.of(budget))
    return Interview(questions, items, options)


async def reported(run: Interview, past: Past | None = None) -> list[AnnotatorReport]:
    await run.ask()
    return report(run, past)


def wavering(**more: object) -> ScriptedAnnotator:
    """Changes its mind about c0 when the options are turned round."""
    return scripted("weak", "yes", by_draw={TURNED: {"c0": "no"}}, **more)


async def test_each_machine_is_asked_in_each_wording(tmp_path: Path) -> None:
    weak, strong = wavering(), scripted("strong", "yes")
    items = candidates(3)
    run = asking(tmp_path, weak, strong, items=items, draws=(*DRAWS, AGAIN))
    one, other = await reported(run)
    assert sorted(weak.draws) == sorted(strong.draws) == sorted((FIRST, TURNED, AGAIN) * 3)
    assert (one.name, other.name) == ("weak", "strong")
    assert one.steadiness.changed == Share(1, 3)
    assert other.steadiness.changed == Share(0, 3)
    assert one.paid.cost == CENT * 9
    assert one.paid.per_candidate == CENT * 3
    # Agreement needs the two wordings, not the repetition.
    assert one.paid.per_thousand == CENT * 2000
    assert run.purse.usd.spent == CENT * 18 == run.questions.most(items)
    assert not run.purse.usd.held


async def test_whom_nobody_named_is_not_asked(tmp_path: Path) -> None:
    weak, strong = wavering(), scripted("strong", "yes")
    (only,) = await reported(asking(tmp_path, weak, strong, items=candidates(2), names=("strong",)))
    assert only.name == "strong"
    assert weak.asked == []


async def test_what_was_answered_is_not_bought_again(tmp_path: Path) -> None:
    first = asking(tmp_path, wavering(), items=candidates(2))
    await first.ask()
    again = wavering()
    (found,) = await reported(asking(tmp_path, again, items=candidates(3), draws=(*DRAWS, AGAIN)))
    asked = set(zip([key.id for key in again.asked], again.draws, strict=True))
    assert asked == {("c0", AGAIN), ("c1", AGAIN), *(("c2", d) for d in (*DRAWS, AGAIN))}
    assert found.known == 4
    assert found.steadiness.changed == Share(1, 3)


async def test_a_run_that_labels_reuses_the_answers_in_the_tasks_own_wording(
    tmp_path: Path,
) -> None:
    await asking(tmp_path, wavering(), items=candidates(2)).ask()
    again = scripted("weak", "yes")
    found = await Cascade(tmp_path, again, weak_accept={"agree": 1}).label(candidates(2))
    assert again.asked == []
    assert [one.decision.label for one in found] == ["yes", "yes"]


async def test_after_a_stop_the_rest_is_asked(tmp_path: Path) -> None:
    slow = wavering(delays={"*": 0.02})
    run = asking(tmp_path, slow, items=candidates(12))
    work = asyncio.create_task(run.ask())
    while not slow.asked:  # noqa: ASYNC110 - it is the calls that are waited for
        await asyncio.sleep(0.005)
    run.stop()
    await work
    assert len(run.heard) < 12
    rest = wavering()
    await asking(tmp_path, rest, items=candidates(12)).ask()
    assert len(slow.asked) + len(rest.asked) == 24


async def test_the_budget_is_a_wall_and_a_candidate_is_asked_about_whole(tmp_path: Path) -> None:
    weak = wavering()
    run = asking(tmp_path, weak, items=candidates(5), budget="0.05")
    (found,) = await reported(run)
    assert run.purse.usd.spent == CENT * 4
    assert (found.paid.candidates, found.unpaid) == (2, 3)
    assert found.steadiness.changed.total == 2


async def test_where_the_budget_ends_the_cheap_one_goes_on(tmp_path: Path) -> None:
    run = asking(tmp_path, wavering(), scripted("strong", "no"), items=candidates(2), budget="0.06")
    one, other = await reported(run)
    assert (one.unpaid, other.unpaid) == (0, 1)
    assert run.purse.usd.spent == CENT * 6


async def test_a_budget_for_nobody_is_an_error(tmp_path: Path) -> None:
    run = asking(tmp_path, wavering(), items=candidates(1), budget="0.01")
    with pytest.raises(BudgetError, match=r"'c0' may cost 0\.02 USD"):
        await run.ask()


async def test_an_error_is_no_answer_and_no_label_is_one(tmp_path: Path) -> None:
    error = RejectedError("no", billed=Usage(input=1))
    by_draw = {TURNED: {"c1": "perhaps"}}
    weak = scripted("weak", "yes", by_draw=by_draw, errors={"c0": [error]})
    (found,) = await reported(asking(tmp_path, weak, items=candidates(2)))
    assert (found.errors, found.unlabelled) == (1, 1)
    (row,) = found.steadiness.by_wording
    assert (row.changed, row.lost) == (Share(1, 1), 1)
    assert found.paid.cost == CENT * 4


async def test_who_may_not_see_a_candidate_is_not_asked(tmp_path: Path) -> None:
    strong = scripted("strong", "yes")
    secret = candidates(1, local_only=True)
    (found,) = await reported(asking(tmp_path, wavering(), strong, items=secret, names=("strong",)))
    assert strong.asked == []
    assert found.paid.candidates == 0


async def past(folder: Path, *items: Candidate, run: str | None = None) -> Past:
    before = PastVotes(f"sqlite:///{folder / 'ledger.db'}", ("weak",), run)
    return Past(before.of([item.key for item in items]), 0.02)


async def test_earlier_answers_are_compared_with_todays(tmp_path: Path) -> None:
    then, now = tmp_path / "then", tmp_path / "now"
    then.mkdir()
    now.mkdir()
    items = [Candidate(c.id, c.columns, gold="no") for c in candidates(4)]
    error = RejectedError("no", free=True)
    before = scripted("weak", {"c2": "no", "*": "yes"}, errors={"c3": [error]})
    await asking(then, before, items=items, draws=(FIRST,)).ask()
    after = scripted("weak", {"c1": "yes", "*": "no"})
    run = asking(now, after, items=items, draws=(FIRST,))
    (found,) = await reported(run, await past(then, *items))
    assert found.again is not None
    # c3 was never answered then, so that there is nothing to compare.
    assert found.again.drift.changed == Share(1, 3)
    assert (found.again.drift.right_before, found.again.drift.right_after) == (
        Share(1, 3),
        Share(2, 3),
    )
    assert found.again.models_before == found.again.models_after == {"weak": 3}
    # A script's key is its answer's, too.
    assert found.again.same_question == 2
    assert found.again.known == 0


async def test_only_the_votes_of_the_run_that_was_named_count(tmp_path: Path) -> None:
    items = candidates(2)
    await asking(tmp_path, scripted("weak", "yes"), items=items[:1], draws=(FIRST,)).ask()
    await Cascade(tmp_path, scripted("weak", "no"), weak_accept={"agree": 1}).label(items)
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    assert PastVotes(url, ("weak",)).keys() == {item.key for item in items}
    mine = PastVotes(url, ("weak",), "task (c)")
    assert mine.keys() == {items[0].key}
    found = mine.of([item.key for item in items])
    assert {key.id: votes["weak"].label for key, votes in found.items()} == {"c0": "yes"}
    assert PastVotes(url, ("strong",)).keys() == set()
