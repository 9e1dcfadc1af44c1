"""A budget that is spent: memory of a start in which nobody is asked about any candidate.

`python -m benchmarks.million_spent --candidates 1000000` labels a made-up file with a budget
for a few, against a local fake provider, resumes that with no more money, and counts what
became of all.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.million import LABELS, Plan, write_files
from stepladder.testing import FakeProvider

if TYPE_CHECKING:
    from benchmarks.million_run import Ended

BUDGET = "0.001"
"""USD; a million candidates would need thousands of times as much."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--folder", help="where the files go")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        ended = measure(chosen.candidates, Path(folder))
    print(json.dumps(asdict(ended)) if chosen.json else ended.described)


def measure(candidates: int, folder: Path) -> Ended:
    """How the second start went; raises AssertionError when it asked or decided otherwise."""
    from benchmarks.million_run import Watched

    with FakeProvider(LABELS, seed=1) as provider:
        write_files(Plan(candidates, 1.0, "csv", written=False), folder, provider.base_url)
        policy = folder / "policy.toml"
        policy.write_text(policy.read_text().replace("usd = 100000", f"usd = {BUDGET}"))
        paid = Watched(folder, "csv", provider).until(None).requests
        ended = Watched(folder, "csv", provider).until(None)
    statuses = _statuses(folder)
    assert statuses == {"labelled": paid, "over_budget": candidates - paid}, (paid, statuses)
    assert not ended.requests, ended
    return ended


def _statuses(folder: Path) -> Counter[str]:
    with (folder / "reviews.labelled.csv").open(newline="") as file:
        return Counter(row["status"] for row in csv.DictReader(file))


if __name__ == "__main__":
    main()
