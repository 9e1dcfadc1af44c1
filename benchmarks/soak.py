"""Soaks the engine: random schedules against the wall, and runs that are killed and resumed.

    python -m benchmarks.soak --minutes 30
    python -m benchmarks.soak --schedules 10000 --seed 1
    python -m benchmarks.soak --kills 200 --seed 1

Prints what was done and every violation with its seed, and ends with 1 if there is one.
One schedule or kill is played again by `--schedules 1 --seed SEED` (or `--kills 1`).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Soak, print tables; ends with 1 when something was wrong."""
    chosen = _arguments()
    both = (chosen.kills is None) == (chosen.schedules is None)
    minutes = chosen.minutes / 2 if both and chosen.minutes else chosen.minutes
    wrong = 0
    if both or chosen.schedules is not None:
        # First of all: it changes the clock.
        from benchmarks.soak_wall_table import soak_wall

        wrong += soak_wall(chosen.schedules, chosen.seed, minutes, chosen.keep)
    if both:
        wrong += _kills_elsewhere(chosen.kills or 0, chosen.seed, minutes)
    elif chosen.kills is not None:
        from benchmarks.soak_kill_table import soak_kills

        wrong += soak_kills(chosen.kills, chosen.seed, minutes)
    sys.exit(1 if wrong else 0)


def _kills_elsewhere(kills: int, seed: int, minutes: float | None) -> int:
    """In a process whose clock nobody changed."""
    command = [sys.executable, "-m", "benchmarks.soak", "--kills", str(kills), "--seed", str(seed)]
    command += ["--minutes", str(minutes)] if minutes else []
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, help="random schedules; 0 for as many as fit")
    parser.add_argument("--kills", type=int, help="runs to kill and resume; 0 for as many as fit")
    parser.add_argument("--minutes", type=float, help="end after so many")
    parser.add_argument("--seed", type=int, default=1, help="of the first schedule or kill")
    parser.add_argument("--keep", type=Path, help="folder for the files of what went wrong")
    chosen = parser.parse_args()
    if chosen.schedules is None and chosen.kills is None and chosen.minutes is None:
        parser.error("name --minutes, --schedules or --kills")
    if not (chosen.minutes or chosen.schedules or chosen.kills):
        parser.error("0 is for as many as fit into --minutes")
    return chosen


if __name__ == "__main__":
    main()
