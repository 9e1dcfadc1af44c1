"""The soak of this repository, in a process of its own: it forks, and may change the clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def soaked(*words: str) -> None:
    """Soak; raises AssertionError, with what it printed, when something went wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "that went wrong" in done.stdout
