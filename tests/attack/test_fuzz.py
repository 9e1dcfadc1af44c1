"""Whatever the readers of strangers' words are given: a value or a documented error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from attack_cases import ROOT

from benchmarks import fuzz_targets
from benchmarks.fuzz_mutation import mutated
from benchmarks.fuzz_watch import Watch

INPUTS = 60
"""Per target; the same ones each time."""
TARGETS = [
    *("answer", "likelihood", "reply", "usage", "refusal", "task", "policy", "prices", "csv"),
    *("jsonl", "parquet", "recording", "answers"),
]


def test_all_targets_are_run_here() -> None:
    assert list(fuzz_targets.TARGETS) == TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_a_few_inputs_a_little_wrong(name: str, tmp_path: Path) -> None:
    target = fuzz_targets.TARGETS[name]
    watch = Watch(target.run, tmp_path)
    chance = Random(7)  # noqa: S311
    for seed in target.seeds:
        watch(seed)
    for _ in range(INPUTS):
        watch(mutated(chance.choice(target.seeds), chance, target.seeds))
    assert watch.inputs == INPUTS + len(target.seeds)
    assert list(watch.findings.values()) == []


@pytest.mark.parametrize(
    ("given", "name"),
    [(b"raise", "ValueError"), (b"loop", "HangError"), (b"recur", "RecursionError")],
)
def test_the_watch_sees_what_goes_wrong(given: bytes, name: str, tmp_path: Path) -> None:
    def bad(data: bytes) -> None:
        if data == b"loop":
            while True:
                pass
        if data == b"recur":
            bad(data)
        if data == b"raise":
            raise ValueError("not documented")

    watch = Watch(bad, tmp_path, longest=0.2)
    for data in (b"fine", given, given):
        watch(data)
    assert [finding.what.partition(":")[0] for finding in watch.findings.values()] == [name]
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [given]


@pytest.mark.slow
def test_a_minute_of_fuzzing_finds_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fuzz", "--engine", "random", "--keep", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
