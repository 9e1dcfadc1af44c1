"""How accurate is a tuned ladder at a given cost? Beside other ways to spend it, without people.

    STEPLADDER_RECORDINGS=… python -m benchmarks.cost_accuracy --seeds 20 --rows 300

Each split learns from some 300 gold rows and measures on all others; no group is on both sides.
Every method sees the same splits and budgets, so differences are paired. Ours is the product's
own code, from `tune` to `simulate`; peers are in `benchmarks/peers`. Prices are list prices of the
day the recordings were made.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks.cost_accuracy_leads import Leads
from benchmarks.cost_accuracy_ours import Outcome, measured, tuned
from benchmarks.cost_accuracy_recorded import GRID, SHARES, Source, read
from benchmarks.cost_accuracy_report import ORACLE, OURS, report, verdicts
from benchmarks.peers.eth import CascadeRouting
from benchmarks.peers.frugal import Frugal
from benchmarks.peers.reference import REFERENCE, ROWS, SEEDS, Reference
from benchmarks.peers.rows import Decided, Peer, Rows
from benchmarks.peers.singles import Mix, Oracle, Single
from benchmarks.peers.together import DawidSkene, Majority
from benchmarks.recordings import RECORDINGS, folder
from stepladder.errors import UserError
from stepladder.types.arrays import Floats

FIRST_SEED = 1000
"""Constants were tuned on splits by other seeds."""
MEASURED = ("cebab_aspects", "framing")
"""Recordings of several models, by default."""
DAY = date(2025, 3, 1)
"""Its list prices are those of the recordings' README."""
PEERS: tuple[Peer, ...] = (
    Single(),
    Mix(),
    Majority(),
    DawidSkene(),
    Frugal("FrugalGPT chain"),
    Frugal("  with question", question=True),
    Frugal("  the dearer of equals", question=True, dear=True),
    CascadeRouting(),
    Oracle(ORACLE),
)


def one_split(source: Source, known: int, seed: int) -> dict[str, Outcome]:
    """All methods on one split."""
    recorded = read(source)
    teaching = recorded.known(known, seed)
    with threadpool_limits(1):
        found = tuned(recorded, teaching, seed)
        every = found.bench.every
        gold = recorded.table(teaching, every.fit, every.sets)
        fresh = recorded.table(~teaching, every.fit, every.sets)
        peers = {peer.name: outcome(peer, gold, fresh, recorded.budgets) for peer in PEERS}
        return {OURS: measured(recorded, found, ~teaching), **peers}


def outcome(peer: Peer, gold: Rows, fresh: Rows, budgets: Floats) -> Outcome:
    """A peer learns from gold and decides about fresh rows."""
    started = perf_counter()
    policies = peer.policies(gold, budgets)
    seconds = perf_counter() - started
    decided: dict[int, Decided] = {}
    for policy in policies:
        if id(policy) not in decided:
            decided[id(policy)] = policy.decide(fresh)
    by_budget = [decided[id(policy)] for policy in policies]
    return Outcome(
        np.array([(one.label == fresh.gold).mean() for one in by_budget]),
        np.array([one.usd.mean() for one in by_budget]),
        seconds,
    )


def sources(given: argparse.Namespace) -> Iterator[Source]:
    """What to read: the files named, or those of the folder of recordings."""
    files: list[tuple[Path, tuple[str, ...]]] = [(path, ()) for path in given.recording]
    if not files:
        files = [(folder() / f"{r.file}.jsonl", r.labels) for r in RECORDINGS if r.file in MEASURED]
    for path, labels in files:
        yield Source(
            path=path,
            labels=labels,
            annotators=tuple(given.annotators.split(",")) if given.annotators else (),
            prices=given.prices,
            day=given.at,
            questions=not given.no_questions,
        )


def arguments() -> argparse.Namespace:
    """What the command was asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--recording", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--annotators", metavar="A,B,C", help="of the recording; by default all")
    parser.add_argument("--prices", type=Path, metavar="TABLE", help="a price table of your own")
    parser.add_argument("--at", type=date.fromisoformat, default=DAY, metavar="DAY")
    parser.add_argument("--no-questions", action="store_true", help="nobody knows the question")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def reference_for(given: argparse.Namespace) -> Reference:
    """Figures of another program, where they are of the same splits."""
    same = (given.seeds, given.rows, given.at) == (SEEDS, ROWS, DAY)
    return REFERENCE if same and not given.recording and not given.no_questions else {}


def compared(given: argparse.Namespace) -> dict[str, dict[str, Leads]]:
    """Measure and print each recording; how far ours is above each peer comes back."""
    seeds = range(FIRST_SEED, FIRST_SEED + given.seeds)
    leads = {}
    with ProcessPoolExecutor(given.processes) as pool:
        for source in sources(given):
            recorded = read(source)
            if len(recorded.rows) <= given.rows:
                raise SystemExit(f"{recorded.name}: {len(recorded.rows)} rows; give fewer --rows")
            splits = list(pool.map(partial(one_split, source, given.rows), seeds))
            leads[recorded.name] = report(recorded, splits, reference_for(given))
    return leads


def main() -> None:
    """Measure, print, and say what the goals say."""
    given = arguments()
    print(f"{os.cpu_count()} CPUs, {platform.platform()}, Python {platform.python_version()}")
    print(f"{given.rows} gold rows, {given.seeds} splits by group, seeds from {FIRST_SEED}")
    print(f"budgets in per cent of the best single model's cost; area: mean over {GRID} budgets")
    print(f"seconds: to choose for all {GRID + len(SHARES)} budgets; ours with the fit")
    try:
        leads = compared(given)
    except UserError as problem:
        raise SystemExit(str(problem)) from None
    print("\nours and each peer; clearly: by more than one standard error")
    for verdict in verdicts(leads):
        print(verdict)


if __name__ == "__main__":
    main()
