"""Fuzzes one target: the child process of fuzz.py. Prints one line of JSON at the end."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from random import Random

MEMORY = 3 * 2**30
"""Bytes of address space: what wants more gets a MemoryError, which is a finding."""
CORPUS = 1000
"""Inputs kept to change further, where no coverage says which are worth it."""


def main() -> None:
    """List the targets, or fuzz one."""
    chosen = _arguments()
    if chosen.engine == "atheris":
        with import_module("atheris").instrument_imports(include=["stepladder", "tomllib"]):
            from benchmarks import fuzz_targets
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        from benchmarks import fuzz_targets
    if chosen.target is None:
        print("\n".join(fuzz_targets.TARGETS))
        return
    target = fuzz_targets.TARGETS[chosen.target]
    with _own_folder():
        from benchmarks.fuzz_watch import Watch

        watch = Watch(target.run, chosen.keep)
        if chosen.engine == "atheris":
            _with_atheris(watch, target.seeds, chosen)
        else:
            _at_random(watch, target.seeds, chosen)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--target")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=("atheris", "random"), default="random")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()))
    return parser.parse_args()


@contextlib.contextmanager
def _own_folder() -> Iterator[None]:
    """A folder for the files that the targets write, in memory where there is one."""
    shared = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        tempfile.tempdir = folder
        yield


def _at_random(watch: object, seeds: tuple[bytes, ...], chosen: argparse.Namespace) -> None:
    from benchmarks.fuzz_mutation import mutated
    from benchmarks.fuzz_watch import Watch

    assert isinstance(watch, Watch)
    chance = Random(chosen.seed)
    corpus = list(seeds)
    for seed in seeds:
        watch(seed)
    end = time.monotonic() + chosen.seconds
    while time.monotonic() < end:
        data = mutated(chance.choice(corpus), chance, corpus)
        watch(data)
        if chance.random() < 0.02:
            # Changes on changes reach further; the seeds themselves stay.
            corpus[len(seeds) :] = [data, *corpus[len(seeds) : CORPUS]]
    _report(watch)


def _with_atheris(watch: object, seeds: tuple[bytes, ...], chosen: argparse.Namespace) -> None:
    from benchmarks.fuzz_mutation import LONGEST, mutated
    from benchmarks.fuzz_watch import Watch

    assert isinstance(watch, Watch)
    atheris = import_module("atheris")
    corpus = Path(tempfile.gettempdir()) / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def change(data: bytes, most: int, seed: int) -> bytes:
        chance = Random(seed)
        if chance.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return mutated(data, chance, seeds)[:most]

    end = time.monotonic() + chosen.seconds

    def one_input(data: bytes) -> None:
        watch(data)
        if time.monotonic() > end:
            _report(watch)
            # libFuzzer never returns.
            sys.stdout.flush()
            os._exit(0)

    options = [
        f"-max_len={LONGEST}",
        f"-seed={chosen.seed + 1}",
        "-timeout=120",
        "-rss_limit_mb=2500",
        "-verbosity=0",
        f"-artifact_prefix={chosen.keep}/",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one_input, custom_mutator=change)
    atheris.Fuzz()


def _report(watch: object) -> None:
    from benchmarks.fuzz_watch import Watch

    assert isinstance(watch, Watch)
    findings = [asdict(finding) for finding in watch.findings.values()]
    print(json.dumps({"inputs": watch.inputs, "findings": findings}), flush=True)


if __name__ == "__main__":
    main()
