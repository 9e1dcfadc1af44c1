"""Fuzzes the answer reader, the TOML loaders and the importers: `python -m benchmarks.fuzz`.

Every target in a process of its own, one after the other. With atheris installed
(`pip install atheris`) coverage guides it; without, inputs are changed at random,
the same ones from one seed as long as they are equally fast. Ends with 1 when
there is a finding; the inputs of findings are kept.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

CHILD = ("-m", "benchmarks.fuzz_run")
ROOT = Path(__file__).parents[1]
GRACE = 150
"""Seconds beyond its time after which a child counts as hung."""


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What came of one target."""

    inputs: int
    seconds: float
    findings: tuple[str, ...]


def main() -> None:
    """Fuzz all chosen targets and print a table; ends with 1 when there is a finding."""
    chosen = _arguments()
    chosen.keep.mkdir(parents=True, exist_ok=True)
    names = chosen.targets or _targets()
    seconds = chosen.minutes * 60 / len(names)
    print(f"{platform.python_implementation()} {platform.python_version()}, {chosen.engine}, "
          f"seed {chosen.seed}, {seconds:.0f} s for each target")  # fmt: skip
    print(f"{'target':12} {'inputs':>10} {'seconds':>8}  findings", flush=True)
    found = 0
    for name in names:
        fuzzed = _fuzz(name, seconds, chosen)
        found += len(fuzzed.findings)
        print(f"{name:12} {fuzzed.inputs:10,} {fuzzed.seconds:8.0f}  {len(fuzzed.findings)}")
        for finding in fuzzed.findings:
            print(f"    {finding}")
        sys.stdout.flush()
    sys.exit(1 if found else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="in all, over the targets")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("out/fuzz"), help="folder for findings")
    engine = "atheris" if find_spec("atheris") else "random"
    parser.add_argument("--engine", choices=("atheris", "random"), default=engine)
    parser.add_argument("targets", nargs="*")
    return parser.parse_args()


def _targets() -> list[str]:
    listed = subprocess.run([sys.executable, *CHILD], cwd=ROOT, capture_output=True, check=True)
    return listed.stdout.decode().split()


def _fuzz(name: str, seconds: float, chosen: argparse.Namespace) -> Fuzzed:
    started = time.monotonic()
    command = [sys.executable, *CHILD, "--target", name, "--seconds", str(seconds)]
    command += [
        "--seed",
        str(chosen.seed),
        "--engine",
        chosen.engine,
        "--keep",
        str(chosen.keep.resolve()),
    ]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, timeout=seconds + GRACE, check=False
        )
    except subprocess.TimeoutExpired:
        return Fuzzed(0, time.monotonic() - started, ("the process hung",))
    took = time.monotonic() - started
    lines = done.stdout.decode(errors="replace").splitlines()
    if done.returncode or not lines:
        said = done.stderr.decode(errors="replace")[-2000:]
        return Fuzzed(0, took, (f"the process ended with {done.returncode}: {said}",))
    table = json.loads(lines[-1])
    shown = tuple(f"{f['what']} at {f['where']}, input {f['digest']}" for f in table["findings"])
    return Fuzzed(table["inputs"], took, shown)


if __name__ == "__main__":
    main()
