"""Memory does not grow with the candidates; a killed run resumes and buys nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HELD = 40
"""Bytes for each candidate while a run lasts, and to spare."""
SLACK_MB = 25.0
"""What two runs of the same size may differ by."""


def measured(tmp_path: Path, candidates: int, ending: str) -> dict[str, float]:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.million", "--json", "--format", ending),
            *("--candidates", str(candidates), "--folder", str(tmp_path)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_memory_is_flat(tmp_path: Path, ending: str) -> None:
    few = measured(tmp_path, 5_000, ending)
    many = measured(tmp_path, 20_000, ending)
    for start in ("fresh", "resumed"):
        growth = many[f"{start}_peak_mb"] - few[f"{start}_peak_mb"]
        assert growth < SLACK_MB + 15_000 * HELD / 1e6
        assert many[f"{start}_peak_mb"] < 300
