"""Client CPU per 1,000 labelled candidates: ours, litellm's Router, and bare aiohttp.

All in one run against one local fake provider: see README.md beside this file.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import inf
from pathlib import Path
from statistics import median

import orjson

from benchmarks.engine_clients import TASK, WARM_UP, Job, Measured
from stepladder.testing import FakeProvider

CLIENTS = {
    "ours": "stepladder, ledger on",
    "router": "litellm.Router.acompletion",
    "bare": "aiohttp + orjson, calls only",
    "bare_uvloop": "the same, on uvloop",
}
ROOT = Path(__file__).parents[1]
PATIENCE = 280
"""Seconds for one client to do one job."""

Rounds = Mapping[str, Sequence[Measured]]
"""By client, one per round."""


def main() -> None:
    """Measure and print; ends with 1 when a ratio falls short of what is required."""
    chosen = _arguments()
    print(_machine())
    with FakeProvider(list(TASK.labels), seed=1, latency=chosen.latency) as provider:
        job = Job(provider.base_url, chosen.candidates, chosen.concurrency)
        rounds = _measure(job, chosen.rounds)
        _check_asked(provider.stats().answered, job, chosen.rounds)
    print(f"{job.candidates} candidates, {job.concurrency} in flight, "
          f"{chosen.latency:g} s latency, medians of {chosen.rounds} rounds")  # fmt: skip
    _print_table(rounds, job)
    less, times = _times(rounds, "router", "ours"), _times(rounds, "ours", "bare")
    print(f"ours needs {less:.1f} times less CPU than the Router, "
          f"and {times:.1f} times that of the bare calls")  # fmt: skip
    if less < chosen.require:
        sys.exit(f"required: {chosen.require:g} times less than the Router")
    if times > chosen.allow:
        sys.exit(f"allowed: {chosen.allow:g} times that of the bare calls")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=1000, help="by round and client")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=64, help="requests in flight")
    parser.add_argument("--latency", type=float, default=0.0, help="of the provider, in seconds")
    parser.add_argument(
        "--require", type=float, default=0.0, help="fail if the Router needs less times ours"
    )
    parser.add_argument(
        "--allow", type=float, default=inf, help="fail if ours needs more times the bare calls"
    )
    return parser.parse_args()


def _measure(job: Job, rounds: int) -> Rounds:
    """All clients in turn, round by round: what disturbs the machine disturbs each of them."""
    found: dict[str, list[Measured]] = {client: [] for client in CLIENTS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for client, measured in found.items():
                measured.append(_in_a_process(client, job, folder))
    return found


def _in_a_process(client: str, job: Job, folder: str) -> Measured:
    given = orjson.dumps(asdict(job)).decode()
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.engine_clients", client, given],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "BENCHMARK_FOLDER": folder},
        timeout=PATIENCE,
        check=True,
    )
    return Measured(**orjson.loads(ended.stdout.splitlines()[-1]))


def _check_asked(answered: int, job: Job, rounds: int) -> None:
    """Nobody got away with fewer calls, or with more."""
    assert answered == (job.candidates + WARM_UP) * rounds * len(CLIENTS), answered


def _print_table(rounds: Rounds, job: Job) -> None:
    print(f"{'CPU seconds per 1,000 candidates':<34}{'median':>8}{'least':>8}{'most':>8}"
          f"{'candidates/s':>14}{'CPU s before':>14}")  # fmt: skip
    for client, described in CLIENTS.items():
        cpu = [one.cpu * 1000 / job.candidates for one in rounds[client]]
        pace = median(job.candidates / one.wall for one in rounds[client])
        before = median(one.before for one in rounds[client])
        print(f"{described:<34}{median(cpu):>8.3f}{min(cpu):>8.3f}{max(cpu):>8.3f}"
              f"{pace:>14.0f}{before:>14.2f}")  # fmt: skip


def _times(rounds: Rounds, more: str, less: str) -> float:
    """The median over rounds of the ratio within a round."""
    pairs = zip(rounds[more], rounds[less], strict=True)
    return median(one.cpu / other.cpu for one, other in pairs)


def _machine() -> str:
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores of {_processor()}, {python}, load {load}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
