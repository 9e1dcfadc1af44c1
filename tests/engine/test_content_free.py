"""Texts without content, asked once a run where a tier corrects by them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepladder.engine import Run, RunOptions, Setup
from stepladder.engine.brake import Interrupted
from stepladder.engine.content_free import content_free, contextual
from stepladder.engine.estimate import estimate
from stepladder.engine.rates import TokenRate
from stepladder.errors import RejectedError
from stepladder.ledger import Ledger
from stepladder.policy import Policy
from stepladder.pricing import Price
from stepladder.task import Task
from stepladder.testing import ScriptedAnnotator
from stepladder.types import FIRST, Candidate, Usage, Usd

TASK = Task.model_validate(
    {"name": "t", "instructions": "Choose.", "labels": ["yes", "no"], "text": "{title}: {text}"}
)
CENT = Usd.of("0.01")
ITEMS = [Candidate(f"c{n}", {"title": "T", "text": f"text {n}"}) for n in range(2)]
CORRECTED = {"source": "token_probabilities", "correct": "contextual"}


def said(name: str, **more: Any) -> ScriptedAnnotator:
    return ScriptedAnnotator(name, {"*": "yes"}, TASK, usage=Usage(input=1), **more)


def run(
    folder: Path,
    small: ScriptedAnnotator,
    *,
    large: ScriptedAnnotator | None = None,
    budget: str = "1",
) -> Run:
    """Two models, one above the other. Scripts stand in for them.

    The lower one is corrected; the upper one too where it is given.
    """
    model = {"kind": "openai", "model": "m", "retries": 0}
    policy = Policy.model_validate(
        {
            "name": "p",
            "calibration": {"rows": 0},
            "annotators": {"small": model, "large": model},
            "tiers": [
                {"name": "small", "ask": "small", "confidence": CORRECTED},
                {"name": "large", "ask": "large"} | ({"confidence": CORRECTED} if large else {}),
            ],
        }
    )
    rates = {n: TokenRate(Price(n, date(2026, 1, 1), "t", *(CENT.pico,) * 5)) for n in ("a", "b")}
    setup = Setup(
        TASK,
        policy,
        {"small": small, "large": large or said("large")},
        {"small": rates["a"], "large": rates["b"]},
    )
    options = RunOptions(ledger=f"sqlite:///{folder / 'ledger.db'}", budget=Usd.of(budget))
    return Run(setup, ITEMS, options)


def about_nothing(annotator: ScriptedAnnotator) -> list[str]:
    return [key.id for key in annotator.asked if key.id.startswith("content-free")]


def test_every_column_of_the_template_is_without_content() -> None:
    found = content_free(TASK)
    assert [one.id for one in found] == [
        "content-free: N/A",
        "content-free: [MASK]",
        "content-free: -",
    ]
    assert found[0].columns == {"title": "N/A", "text": "N/A"}
    assert content_free(TASK) == found


async def test_they_are_asked_once_and_paid_for(tmp_path: Path) -> None:
    small = said("small")
    made = run(tmp_path, small)
    assert contextual(made.setup.policy) == ("small",)
    assert len([one async for one in made.decisions()]) == 2
    assert len(about_nothing(small)) == 3
    assert made.spent == CENT * 5
    assert made.calibrated is not None
    assert [v.label for v in made.calibrated.content_free["small"]] == ["yes"] * 3

    again = said("small")
    resumed = run(tmp_path, again)
    assert len([one async for one in resumed.decisions()]) == 2
    assert again.asked == []
    assert resumed.calibrated is not None
    assert resumed.calibrated.key == made.calibrated.key
    assert len(resumed.calibrated.content_free["small"]) == 3


def test_the_estimate_has_them_beside_the_gold(tmp_path: Path) -> None:
    found = estimate(run(tmp_path, said("small")).setup, ITEMS, seed=0)
    assert found.calibration.likely.requests == 3
    assert found.calibration.candidates == 0
    assert found.calibration.most_usd == CENT * 3
    assert found.most_usd == CENT * 7
    assert found.covered(CENT * 3) == 0
    assert found.covered(CENT * 5) == 1


async def test_where_the_budget_ends_before_them_there_are_none(tmp_path: Path) -> None:
    small = said("small")
    made = run(tmp_path, small, budget="0.02")
    assert len([one async for one in made.decisions()]) == 2
    assert len(about_nothing(small)) == 2
    assert made.spent == CENT * 2


async def test_where_the_budget_does_not_cover_one_annotator_the_others_votes_are_kept(
    tmp_path: Path,
) -> None:
    made = run(tmp_path, said("small"), large=said("large"))
    assert len([one async for one in made.decisions()]) == 2
    # Whoever says something else is another annotator, and nothing is left for it.
    small, large = said("small", by_draw={FIRST: {"*": "no"}}), said("large")
    resumed = run(tmp_path, small, large=large, budget=made.spent.plain)
    assert len([one async for one in resumed.decisions()]) == 2
    assert small.asked == large.asked == []
    assert resumed.calibrated is not None
    assert {n: len(v) for n, v in resumed.calibrated.content_free.items()} == {"large": 3}


FAILING = {"content-free: -": RejectedError("no", billed=Usage(input=1))}


async def test_what_failed_before_the_fit_is_not_paid_for_again(tmp_path: Path) -> None:
    made = run(tmp_path, said("small", errors=FAILING))
    assert len([one async for one in made.decisions()]) == 2
    again = said("small")
    resumed = run(tmp_path, again)
    assert len([one async for one in resumed.decisions()]) == 2
    assert again.asked == []
    assert made.calibrated is not None
    assert resumed.calibrated is not None
    assert resumed.calibrated.key == made.calibrated.key
    assert resumed.spent == made.spent


async def test_what_failed_is_asked_again_where_the_run_stopped_before_the_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(*_: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "add_fit", stopped)
        assert [one async for one in run(tmp_path, said("small", errors=FAILING)).decisions()] == []
    again = said("small")
    assert len([one async for one in run(tmp_path, again).decisions()]) == 2
    assert about_nothing(again) == ["content-free: -"]
