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


def measured(tmp_path: Path, candidates: int, *benchmark: str) -> dict[str, float]:
    done = subprocess.run(
        [
            *(sys.executable, "-m", *benchmark, "--json"),
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
    benchmark = ("benchmarks.million", "--format", ending)
    few, many = (measured(tmp_path, count, *benchmark) for count in (5_000, 20_000))
    for start in ("fresh", "resumed"):
        growth = many[f"{start}_peak_mb"] - few[f"{start}_peak_mb"]
        assert growth < SLACK_MB + 15_000 * HELD / 1e6
        assert many[f"{start}_peak_mb"] < 300


@pytest.mark.slow
def test_memory_is_flat_where_nobody_is_asked(tmp_path: Path) -> None:
    few, many = (measured(tmp_path, n, "benchmarks.million_spent") for n in (5_000, 30_000))
    assert many["peak_mb"] - few["peak_mb"] < SLACK_MB + 25_000 * HELD / 1e6
