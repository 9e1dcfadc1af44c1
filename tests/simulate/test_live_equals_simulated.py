"""The engine on recorded annotators and the simulator on the same recording: one and the same."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from made_recording import LABELS, PRICES, rows, write

from stepladder.engine import Run, RunOptions
from stepladder.engine.setup import set_up
from stepladder.policy import load_policy
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario, simulate
from stepladder.simulate.decisions import decisions
from stepladder.task import Task
from stepladder.types import CandidateKey, Decision, Usd

DAY = date(2026, 11, 1)
TASK = Task.model_validate({"name": "reviews", "instructions": "Which?", "labels": list(LABELS)})
ANNOTATORS = """\
name = "three"
prices = ["prices.toml"]

[calibration]
rows = {calibration}
minimum = 20

[annotators.small]
kind = "recorded"
recording = "past.jsonl"
annotator = "small"
local = true

[annotators.medium]
kind = "recorded"
recording = "past.jsonl"
annotator = "medium"

[annotators.large]
kind = "recorded"
recording = "past.jsonl"
annotator = "large"

[annotators.clerk]
kind = "human"
answers = "answers.csv"
wage = "clerk"
"""
LADDERS = {
    "the last one's label": """
[[tiers]]
name = "small"
ask = "small"
accept = { probability = 0.7, margin = 0.2 }
[[tiers]]
name = "others"
ask = ["large", "medium"]
accept = { agree = 2 }
""",
    "thresholds, then a person": """
[[tiers]]
name = "small"
ask = "small"
accept = { probability = 0.85 }
[[tiers]]
name = "both"
ask = ["medium", "large"]
accept = [{ margin = 0.8, agree = 2 }, { entropy = 0.3 }]
[[tiers]]
name = "clerk"
ask = "clerk"
""",
    "abstains at the top": """
[[tiers]]
name = "medium"
ask = "medium"
accept = { agree = 1, probability = 0.8 }
[[tiers]]
name = "large"
ask = "large"
accept = { probability = 0.9 }
[[tiers]]
name = "small"
ask = "small"
accept = { agree = 2 }
""",
    "one tier without rules": """
[[tiers]]
name = "all"
ask = ["small", "large"]
""",
}


def desk(folder: Path, ladder: str, calibration: int, lines: list[Any]) -> Path:
    write(folder / "past.jsonl", lines)
    (folder / "prices.toml").write_text(PRICES)
    policy = folder / "policy.toml"
    deliver = 'deliver = "last"\n' if ladder == LADDERS["the last one's label"] else ""
    policy.write_text(deliver + ANNOTATORS.format(calibration=calibration) + ladder)
    with (folder / "answers.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "label"])
        writer.writerows([line["id"], line["gold"]] for line in lines)
    return policy


def live(policy: Path, seed: int) -> Mapping[CandidateKey, Decision]:
    """What a run decides, calibration rows left out."""
    recording = Recording.open(policy.with_name("past.jsonl"), TASK)
    setup = set_up(TASK, load_policy(policy), policy.parent, day=DAY)
    options = RunOptions(
        ledger=f"sqlite:///{policy.with_name('ledger.db')}",
        budget=Usd.of(100),
        wages=Usd.of(1000),
        seed=seed,
    )
    run = Run(setup, [row.candidate for row in recording], options)

    async def work() -> Mapping[CandidateKey, Decision]:
        return {
            finished.decision.key: finished.decision
            async for finished in run.decisions()
            if not finished.by_gold
        }

    return asyncio.run(work())


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS.keys())
@pytest.mark.parametrize("calibration", [0, 60])
@pytest.mark.parametrize("seed", [0, 1])
def test_every_decision_and_every_cost_is_the_same(
    tmp_path: Path, ladder: str, calibration: int, seed: int
) -> None:
    policy = desk(tmp_path, ladder, calibration, rows(160, seed))
    ran = live(policy, seed)
    recording = Recording.open(tmp_path / "past.jsonl", TASK)
    simulation = simulate(recording, load_policy(policy), seed=seed)
    scenario = Scenario(PriceBook.load([tmp_path / "prices.toml"]), DAY)
    replayed = {one.key: one for one in decisions(simulation, scenario)}
    assert replayed.keys() == ran.keys()
    for key, decision in ran.items():
        found = replayed[key]
        same = ("status", "label", "calibrated", "route", "cost", "usage")
        for field in same:
            assert getattr(found, field) == getattr(decision, field), (key, field)
        assert found.probability == pytest.approx(decision.probability, abs=1e-12)
    assert len({decision.route for decision in ran.values()}) > (len(simulation.policy.tiers) > 1)
