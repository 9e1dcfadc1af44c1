"""A million candidates: memory, seconds to the first call, fresh and resumed, and the output.

`python -m benchmarks.million --candidates 1000000` labels a made-up file against a local fake
provider, kills the run half-way, resumes it, and checks what is in the file. With `--written`
the first half is not asked but written into the ledger, so that only the resume is measured.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stepladder.testing import FakeProvider

if TYPE_CHECKING:
    from benchmarks.million_run import Ended

LABELS = ("good", "bad")
WORDS = ("clean", "dirty", "slow", "friendly", "breakfast", "bed", "noisy", "window", "the", "a")
TASK = """\
name = "moods"
instructions = "Is the writer happy?"
labels = ["good", "bad"]
text = "Review: {text}"

[columns]
id = "id"
"""
POLICY = """\
name = "million"

[budget]
usd = 100000

[calibration]
rows = 0

[annotators.small]
kind = "openai"
model = "gpt-4o-mini"
base_url = "BASE_URL"
api_key_env = ""
concurrency = 64
retries = 1

[[tiers]]
name = "small"
ask = "small"
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure."""

    candidates: int
    share: float
    """Of the candidates, after which the first start is killed."""
    ending: str
    """The file's format, csv or jsonl."""
    written: bool
    """Whether the first start's work is written into the ledger rather than done."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured."""

    fresh: Ended | None
    """The start that was killed; None where its work was written."""
    resumed: Ended
    requests: int
    """That the provider was asked in all."""

    @property
    def starts(self) -> dict[str, Ended]:
        """Those that were watched, by name."""
        both = {"fresh": self.fresh, "resumed": self.resumed}
        return {name: ended for name, ended in both.items() if ended is not None}

    @property
    def figures(self) -> dict[str, float]:
        """All figures: fresh_peak_mb and the like."""
        named = ((name, asdict(ended)) for name, ended in self.starts.items())
        return {f"{name}_{figure}": value for name, all_ in named for figure, value in all_.items()}


def main() -> None:
    """Measure and print; ends with 1 when `--most-mb` or `--most-seconds` is not kept."""
    chosen = _arguments()
    plan = Plan(chosen.candidates, chosen.kill_at, chosen.format, chosen.written)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        result = measure(plan, Path(folder))
    if chosen.json:
        print(json.dumps(result.figures))
    else:
        _print(result)
    peak = max(ended.peak_mb for ended in result.starts.values())
    if chosen.most_mb is not None and peak > chosen.most_mb:
        sys.exit(f"required: at most {chosen.most_mb} MB, not {peak:.0f}")
    if chosen.most_seconds is not None and result.resumed.first_call > chosen.most_seconds:
        sys.exit(f"required: asking within {chosen.most_seconds} s after the kill")


def _print(result: Result) -> None:
    for name, ended in result.starts.items():
        print(f"{name + ':':<9}{ended.described}")
    print(f"output complete and in order, nobody asked twice ({result.requests:,} requests)")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--kill-at", type=float, default=0.5, help="share that is done by then")
    parser.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    parser.add_argument("--written", action="store_true", help="do not ask for the first part")
    parser.add_argument("--folder", help="where the files go, some 1 GB for a million")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object")
    parser.add_argument("--most-mb", type=float, help="fail above this peak of memory")
    parser.add_argument("--most-seconds", type=float, help="fail if resuming asks later")
    return parser.parse_args()


def measure(plan: Plan, folder: Path) -> Result:
    """Label, kill, resume and check, all in this folder; raises AssertionError if it is wrong."""
    from benchmarks.million_ledger import write_decided
    from benchmarks.million_run import Watched

    with FakeProvider(LABELS, seed=1) as provider:
        write_files(plan, folder, provider.base_url)
        first = int(plan.candidates * plan.share)
        fresh, written = None, 0
        if plan.written:
            written = write_decided(folder, plan.ending, first)
        else:
            fresh = Watched(folder, plan.ending, provider).until(first)
        resumed = Watched(folder, plan.ending, provider).until(None)
        requests = provider.stats().requests
    check_output(plan, folder)
    lost = 0 if fresh is None else fresh.in_flight
    bought = plan.candidates - written
    # What was under way at the kill may have been answered into the void, and nothing else.
    assert bought <= requests <= bought + lost, (bought, requests, lost)
    return Result(fresh, resumed, requests)


def write_files(plan: Plan, folder: Path, base_url: str) -> None:
    """Candidates of some 60 characters, a task, and a policy with one tier."""
    (folder / "task.toml").write_text(TASK)
    (folder / "policy.toml").write_text(POLICY.replace("BASE_URL", base_url))
    with (folder / f"reviews.{plan.ending}").open("w") as file:
        if plan.ending == "csv":
            file.write("id,text\n")
        file.writelines(_rows(plan))


def _rows(plan: Plan) -> Iterator[str]:
    chance = random.Random(7)
    for number in range(plan.candidates):
        text = " ".join(chance.choices(WORDS, k=11))
        if plan.ending == "csv":
            yield f"r{number},{text}\n"
        else:
            yield f'{{"id": "r{number}", "text": "{text}"}}\n'


def check_output(plan: Plan, folder: Path) -> None:
    """Every candidate once, in the order of the file, with a label."""
    with (folder / f"reviews.labelled.{plan.ending}").open(newline="") as file:
        count = 0
        for number, row in enumerate(_read(file, plan.ending)):
            assert row["id"] == f"r{number}", (number, row)
            assert row["status"] == "labelled", row
            count += 1
    assert count == plan.candidates, count


def _read(file: Iterator[str], ending: str) -> Iterator[dict[str, str]]:
    if ending == "csv":
        yield from csv.DictReader(file)
        return
    yield from map(json.loads, file)


if __name__ == "__main__":
    main()
