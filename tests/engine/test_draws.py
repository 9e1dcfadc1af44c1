"""A vote made of several draws: each is a call of its own, kept, paid for and resumed."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cascade import CENT, Cascade, candidates, scripted
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.annotators import Reply, Wrapper
from stepladder.engine import Finished, Run
from stepladder.engine.estimate import estimate
from stepladder.errors import CredentialsError, RejectedError, UnavailableError
from stepladder.testing import ScriptedAnnotator
from stepladder.types import (
    FIRST,
    Candidate,
    Decision,
    Draw,
    Source,
    Status,
    Unlabelled,
    Usage,
)

THREE = {"source": "samples", "draws": 3}
SECOND, THIRD = Draw(sample=1), Draw(sample=2)


def split(**more: Any) -> ScriptedAnnotator:
    """Says yes, no and no."""
    by_draw = {FIRST: {"*": "yes"}, SECOND: {"*": "no"}, THIRD: {"*": "no"}}
    return scripted("weak", {}, by_draw=by_draw, **more)


def cascade(folder: Path, weak: ScriptedAnnotator, **more: Any) -> Cascade:
    wanted: dict[str, Any] = {"weak_confidence": THREE, "weak_accept": {"agree": 1}} | more
    return Cascade(folder, weak=weak, **wanted)


def stored(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "ledger.db")) as ledger:
        return ledger.execute(query).fetchall()


async def test_the_draws_are_kept_and_their_agreement_is_the_vote(tmp_path: Path) -> None:
    (found,) = await cascade(tmp_path, split()).label(candidates(1))
    (vote,) = found.votes
    assert vote.label == "no"
    assert vote.confidence.source is Source.SAMPLES
    assert vote.confidence.by_label == pytest.approx({"yes": 1.5 / 4, "no": 2.5 / 4})
    assert (vote.usage.input, vote.cost, found.decision.cost) == (3, CENT * 3, CENT * 3)
    rows = stored(tmp_path, "SELECT variant, sample, label, source FROM vote ORDER BY sample")
    assert rows == [("base", n, label, "none") for n, label in enumerate(["yes", "no", "no"])]
    assert stored(tmp_path, "SELECT count(*), count(DISTINCT vote_key) FROM attempt") == [(3, 3)]


async def test_variants_reach_the_annotator(tmp_path: Path) -> None:
    weak = scripted("weak", "yes", by_draw={Draw("options-1"): {"*": "no"}})
    made = cascade(tmp_path, weak, weak_confidence={"source": "variants"})
    (found,) = await made.label(candidates(1))
    # Two options have two orders, and the task has neither paraphrases nor examples.
    assert weak.draws == [FIRST, Draw("options-1")]
    assert found.votes[0].confidence.source is Source.VARIANTS
    assert found.votes[0].confidence.by_label == {"yes": 0.5, "no": 0.5}


async def test_a_tier_without_confidence_takes_none(tmp_path: Path) -> None:
    weak = scripted("weak", "yes", confidence={"*": {"yes": 0.9, "no": 0.1}})
    made = cascade(tmp_path, weak, weak_confidence={"source": "none"})
    (found,) = await made.label(candidates(1))
    assert found.votes[0].confidence.by_label == {}


async def test_a_resumed_run_buys_the_missing_draws_only(tmp_path: Path) -> None:
    slow = split(delays={"*": 0.05})
    run = cascade(tmp_path, slow, concurrency=1).run(candidates(2))
    deciding = asyncio.create_task(_all(run.decisions()))
    while len(slow.asked) < 2:  # noqa: ASYNC110 - it is the calls that are waited for
        await asyncio.sleep(0.005)
    run.stop()
    assert await deciding == []
    bought = set(stored(tmp_path, "SELECT candidate, sample FROM vote"))
    assert 0 < len(bought) < 3

    rest = split()
    found = await cascade(tmp_path, rest).label(candidates(2))
    asked = {(key.id, draw.sample) for key, draw in zip(rest.asked, rest.draws, strict=True)}
    assert asked.isdisjoint(bought)
    assert len(asked | bought) == len(rest.asked) + len(bought) == 6
    assert [one.votes[0].label for one in found] == ["no", "no"]
    assert all(one.votes[0].cost == CENT * 3 for one in found)

    again = split()
    standing = await cascade(tmp_path, again).label(candidates(2))
    assert again.asked == []
    assert _shown(standing) == _shown(found)


async def _all(decisions: Any) -> list[Finished]:
    return [finished async for finished in decisions]


def _shown(found: list[Finished]) -> list[tuple[Decision, Any]]:
    ranked = sorted(found, key=lambda one: one.candidate.id)
    return [(one.decision, [(v.key, v.label, v.confidence) for v in one.votes]) for one in ranked]


async def test_more_draws_buy_only_the_new_ones(tmp_path: Path) -> None:
    await cascade(tmp_path, split()).label(candidates(1))
    more = scripted("weak", "no", by_draw={FIRST: {"*": "yes"}})
    (found,) = await cascade(
        tmp_path, more, weak_confidence={"source": "samples", "draws": 5}
    ).label(candidates(1))
    assert more.draws == [Draw(sample=3), Draw(sample=4)]
    assert found.votes[0].confidence.by_label["no"] == pytest.approx(4.5 / 6)


async def test_votes_at_draws_that_nobody_takes_any_more_are_left_alone(tmp_path: Path) -> None:
    await cascade(tmp_path, split()).label(candidates(1))
    single = scripted("weak", "yes")
    (found,) = await cascade(tmp_path, single, weak_confidence=None).label(candidates(1))
    assert single.asked == []
    assert (found.votes[0].label, found.votes[0].cost) == ("yes", CENT)


async def test_a_draw_that_fails_is_missing_in_the_shares_and_asked_again(tmp_path: Path) -> None:
    down = UnavailableError("down", billed=Usage(input=1))
    weak = split(errors={"c0": [down]})
    (found,) = await cascade(tmp_path, weak, concurrency=1).label(candidates(1))
    assert found.votes[0].confidence.by_label == pytest.approx({"yes": 0.5 / 3, "no": 2.5 / 3})
    assert found.decision.cost == CENT * 3
    # The candidate went past it, so nobody pays twice for what was decided without it.
    again = split()
    await cascade(tmp_path, again).label(candidates(1))
    assert again.asked == []


async def test_each_draw_is_retried_by_itself(tmp_path: Path) -> None:
    weak = split(errors={"c0": [UnavailableError("down", billed=Usage(input=1))]})
    (found,) = await cascade(tmp_path, weak, retries=1, concurrency=1).label(candidates(1))
    assert len(weak.asked) == 4
    assert found.votes[0].confidence.by_label == pytest.approx({"yes": 1.5 / 4, "no": 2.5 / 4})
    assert found.decision.cost == CENT * 4


async def test_when_every_draw_fails_the_candidate_climbs_and_all_are_paid_for(
    tmp_path: Path,
) -> None:
    weak = split(errors={"*": UnavailableError("down", billed=Usage(input=1))})
    strong = scripted("strong", "yes")
    made = cascade(tmp_path, weak, strong=strong, weak_accept={"probability": 0.9})
    (found,) = await made.label(candidates(1))
    assert isinstance(found.votes[0].outcome, Unlabelled)
    assert found.decision.route == ("weak", "strong")
    assert found.decision.cost == CENT * 4


async def test_calibration_rows_are_drawn_as_often(tmp_path: Path) -> None:
    items = [Candidate(c.id, c.columns, gold="no") for c in candidates(8)]
    made = cascade(tmp_path, split(), calibration={"rows": 4, "minimum": 2})
    found = await made.label(items)
    rows = [one for one in found if one.by_gold]
    assert len(rows) == 4
    assert all(len(one.votes) == 1 and one.decision.cost == CENT * 3 for one in rows)
    assert stored(tmp_path, "SELECT count(*) FROM vote") == [(24,)]


async def test_a_budget_that_ends_between_two_draws_buys_none_of_them(tmp_path: Path) -> None:
    weak = split()
    found = await cascade(tmp_path, weak, concurrency=1).label(candidates(3), budget="0.05")
    statuses = [one.decision.status for one in found]
    assert statuses == [Status.LABELLED, Status.OVER_BUDGET, Status.OVER_BUDGET]
    assert len(weak.asked) == 3


@given(
    count=st.integers(1, 6),
    draws=st.integers(2, 5),
    retries=st.integers(0, 2),
    failing=st.lists(st.booleans(), max_size=6),
    cents=st.integers(15, 80),
    concurrency=st.integers(1, 4),
)
@settings(max_examples=25, deadline=None)
def test_draws_never_pass_the_wall_nor_the_estimate(
    count: int, draws: int, retries: int, failing: list[bool], cents: int, concurrency: int
) -> None:
    error = RejectedError("no", billed=Usage(input=1))
    errors = {f"c{n}": [error] * 2 for n, fails in enumerate(failing) if fails}
    with tempfile.TemporaryDirectory() as folder:
        made = cascade(
            Path(folder),
            scripted("weak", "yes", errors=errors),
            strong=scripted("strong", "no"),
            weak_confidence={"source": "samples", "draws": draws},
            weak_accept={"probability": 0.8},
            retries=retries,
            concurrency=concurrency,
        )
        items = candidates(count)
        run = made.run(items, budget=(CENT * cents).plain)
        found = asyncio.run(_within(run))
        assert len(found) == count
        assert run.spent.pico <= estimate(run.setup, items, seed=0).most_usd.pico
        settled = stored(Path(folder), "SELECT sum(cost_pico) FROM settlement")
        assert settled[0][0] in (run.spent.pico, None)


async def _within(run: Run) -> list[Finished]:
    found = []
    async for finished in run.decisions():
        assert run.budget.spent.pico + run.budget.held.pico <= run.budget.limit.pico
        found.append(finished)
    assert not run.budget.held
    return found


def test_the_estimate_counts_every_draw(tmp_path: Path) -> None:
    made = cascade(tmp_path, split(), retries=2)
    found = estimate(made.run(candidates(4)).setup, candidates(4), seed=0)
    assert found.tiers[0].likely.requests == 4 * 3
    assert found.tiers[0].most.requests == 4 * 3 * 3
    assert found.most_usd == CENT * 36


def unsure(folder: Path, errors: int) -> tuple[Cascade, ScriptedAnnotator]:
    """A ladder that abstains, and its top, of whose three draws the first so many fail."""
    failing = [RejectedError("no", billed=Usage(input=1))] * errors
    by_draw = {FIRST: {"*": "yes"}, SECOND: {"*": "no"}, THIRD: {"*": "no"}}
    top = scripted("strong", {}, by_draw=by_draw, errors={"*": failing})
    weak = scripted("weak", "yes", confidence={"*": {"yes": 0.6, "no": 0.4}})
    tier = {"confidence": THREE, "accept": {"probability": 0.99}}
    return Cascade(folder, weak=weak, strong=top, strong_tier=tier), top


async def abstained(folder: Path, errors: int) -> list[Draw]:
    """At which draws the top of the ladder was asked, by one start that abstains."""
    made, top = unsure(folder, errors)
    (found,) = await made.label(candidates(1))
    assert found.decision.status is Status.ABSTAINED
    return top.draws


@pytest.mark.parametrize("errors", [1, 2])
async def test_a_vote_of_which_some_draws_failed_is_not_bought_again(
    tmp_path: Path, errors: int
) -> None:
    assert await abstained(tmp_path, errors) == [FIRST, SECOND, THIRD]
    assert await abstained(tmp_path, 0) == []


async def test_a_vote_of_which_all_draws_failed_is_asked_for_again(tmp_path: Path) -> None:
    assert await abstained(tmp_path, 3) == [FIRST, SECOND, THIRD]
    assert await abstained(tmp_path, 1) == [FIRST, SECOND, THIRD]
    assert await abstained(tmp_path, 0) == []


class Stopping(Wrapper):
    """Halts the run once its first draw is answered."""

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        if draw == FIRST:
            return await self.inner.ask(candidate, draw)
        await asyncio.sleep(0.05)
        raise CredentialsError("no key", free=True)


async def test_asking_again_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    await abstained(tmp_path, 3)
    made, top = unsure(tmp_path, 0)
    made.strong = Stopping(top)
    with pytest.raises(CredentialsError):
        await made.label(candidates(1))
    assert await abstained(tmp_path, 0) == [SECOND, THIRD]
