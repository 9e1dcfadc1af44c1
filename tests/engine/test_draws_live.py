"""Samples and variants of a model over HTTP: what is sent, charged, and sent again after a stop."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepladder.engine import Finished, Run, RunOptions
from stepladder.engine.estimate import estimate
from stepladder.engine.setup import set_up
from stepladder.policy import Policy
from stepladder.task import Task
from stepladder.testing import FakeProvider
from stepladder.types import Candidate, Source, Usd

TASK = Task.model_validate(
    {
        "name": "mood",
        "instructions": "Is the writer happy?",
        "paraphrases": ["Does the text sound pleased?"],
        "labels": ["good", "bad", "mixed"],
    }
)
ITEMS = [Candidate(f"r{n}", {"text": f"Review {n}."}) for n in range(6)]


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(labels=TASK.label_names, keep_purchases=True) as running:
        yield running


def run(folder: Path, provider: FakeProvider, confidence: dict[str, Any], **more: Any) -> Run:
    policy = Policy.model_validate(
        {
            "name": "p",
            "calibration": {"rows": 0},
            "annotators": {
                "small": {
                    "kind": "openai",
                    "model": "gpt-4o-mini",
                    "base_url": provider.base_url,
                    "api_key_env": "",
                    "prompt": "completion",
                    "retries": 0,
                    "concurrency": 2,
                    **more,
                }
            },
            "tiers": [{"name": "small", "ask": "small", "confidence": confidence}],
        }
    )
    setup = set_up(TASK, policy, folder, day=date(2026, 1, 1))
    options = RunOptions(ledger=f"sqlite:///{folder / 'ledger.db'}", budget=Usd.of(1))
    return Run(setup, ITEMS, options)


async def label(run: Run, stop_after: int | None = None) -> list[Finished]:
    found: list[Finished] = []
    async for finished in run.decisions():
        found.append(finished)
        if len(found) == stop_after:
            run.stop()
    return found


async def test_samples_are_one_prompt_with_many_seeds(
    tmp_path: Path, provider: FakeProvider
) -> None:
    provider.start_over()
    made = run(tmp_path, provider, {"source": "samples", "draws": 4})
    found = await label(made)
    bought = provider.purchases()
    assert len(bought) == len(ITEMS) * 4
    assert {one.times for one in bought} == {1}
    assert Counter(one.sample for one in bought) == dict.fromkeys(range(4), len(ITEMS))
    assert len({one.text for one in bought}) == len(ITEMS)
    assert {one.votes[0].confidence.source for one in found} == {Source.SAMPLES}
    # The fake model answers by chance of the seed: not all are of one mind.
    assert len({tuple(one.votes[0].confidence.by_label.values()) for one in found}) > 1
    assert made.spent.pico <= estimate(made.setup, ITEMS, seed=0).most_usd.pico


async def test_variants_are_other_prompts_to_the_same_end(
    tmp_path: Path, provider: FakeProvider
) -> None:
    provider.start_over()
    made = run(tmp_path, provider, {"source": "variants", "draws": 3})
    found = await label(made)
    bought = provider.purchases()
    assert {one.times for one in bought} == {1}
    about = [one.text for one in bought if "Review 3." in one.text]
    assert len(about) == 3
    assert sum("Does the text sound pleased?" in text for text in about) == 1
    assert sum("mixed\nbad\ngood" in text for text in about) == 1
    assert {one.votes[0].confidence.source for one in found} == {Source.VARIANTS}
    worst = estimate(made.setup, ITEMS, seed=0)
    assert worst.tiers[0].likely.requests == len(bought)
    assert 0 < made.spent.pico <= worst.most_usd.pico


@pytest.mark.parametrize("source", ["samples", "variants"])
async def test_after_a_stop_no_draw_is_bought_twice(
    tmp_path: Path, provider: FakeProvider, source: str
) -> None:
    provider.start_over(latency=0.01)
    confidence = {"source": source, "draws": 4}
    await label(run(tmp_path, provider, confidence), stop_after=1)
    before = len(provider.purchases())
    assert before < len(ITEMS) * 4
    whole = await label(run(tmp_path, provider, confidence))
    bought = provider.purchases()
    assert len(bought) == len(ITEMS) * 4
    assert {one.times for one in bought} == {1}
    assert len(whole) == len(ITEMS)


async def test_answers_that_are_counted_bring_no_probabilities(
    tmp_path: Path, provider: FakeProvider
) -> None:
    def sources() -> set[str]:
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as ledger:
            return {source for (source,) in ledger.execute("SELECT source FROM vote")}

    provider.start_over()
    await label(run(tmp_path, provider, {"source": "samples", "draws": 2}))
    assert sources() == {"none"}
    (one, *_) = await label(run(tmp_path, provider, {"source": "token_probabilities"}))
    assert one.votes[0].confidence.source is Source.TOKEN_PROBABILITIES
    assert sources() == {"none", "token_probabilities"}
