"""Do promises hold, and how much do they leave to machines? On recorded real votes.

    STEPLADDER_RECORDINGS=… python -m benchmarks.guarantee --splits 500

Each split draws whole groups as gold, some of which teach and choose, and the others test; what
is delivered is measured on all rows that are left. A promise says: at most this share of the
rest is labelled wrongly by machines, with 90 % confidence. Every method sees the same splits.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks.promises import outsider, peers
from benchmarks.promises.draws import FIRST_SEED, GOLD, TUNE, draw
from benchmarks.promises.product import Product
from benchmarks.promises.rows import Delivered, Rows, judged
from benchmarks.promises.summary import Found, Summary, most_over, print_table
from benchmarks.recordings import RECORDINGS, Recording
from stepladder.policy import Policy
from stepladder.tune.promise import Promise

TARGETS = (0.05, 0.10, 0.15, 0.20)
CONFIDENCE = 0.9
RISK = 1 - CONFIDENCE
AHEAD = 0.10
"""Share accepted by which a setting counts as clearly above the plainest test."""
OURS, ALONE, ONE_TIER = "stepladder", "no people: feasible", "stepladder, one tier of all"
HINDSIGHT, PLAINEST = "best in hindsight, one tier", "plainest valid test"
TRUST, PAC, BARGAIN = "Trust or Escalate (*)", "PAC labels", "BARGAIN"
METHODS = (OURS, ONE_TIER, HINDSIGHT, PLAINEST, TRUST, PAC, BARGAIN, ALONE)
INFEASIBLE = ("framing", 0.05)
"""Where machines alone cannot keep the target, and that has to be said."""


def one_split(recording: Recording, asked_by_bargain: int, seed: int) -> Found:
    """All methods at all targets."""
    with threadpool_limits(1):
        split = draw(recording, GOLD[recording.file], seed)
        product = Product(recording.labels, split, seed + TUNE)
        ask_bargain = seed - FIRST_SEED < asked_by_bargain and outsider.is_installed()
        found: dict[tuple[str, float], Delivered] = {}
        for target in TARGETS:
            promise = Promise(target, CONFIDENCE)
            for method, delivered in _product(product, promise):
                found[method, target] = delivered
            for method, delivered in _peers(product, promise, ask_bargain=ask_bargain):
                found[method, target] = delivered
        return found


def _product(product: Product, promise: Promise) -> Iterator[tuple[str, Delivered]]:
    policies: Mapping[str, Policy | None] = {
        OURS: product.with_people(promise),
        ONE_TIER: product.in_one_tier(promise),
        ALONE: product.without_people(promise),
    }
    for method, policy in policies.items():
        yield method, judged(*product.on_rest(policy, promise), promise.error)


def _peers(
    product: Product, promise: Promise, *, ask_bargain: bool
) -> Iterator[tuple[str, Delivered]]:
    """On the posterior of everybody pooled, as it was taught to the product."""
    taught = product.taught(promise)
    names, error, risk = taught.bench.names, promise.error, promise.risk
    test = Rows.of(taught.fit, names, taught.tested)
    rest = Rows.of(taught.fit, names, product.split.fresh)
    chance = np.random.default_rng(product.seed)
    yield HINDSIGHT, rest.delivered(peers.hindsight(rest, error), error)
    yield PLAINEST, rest.delivered(peers.plainest(test, error, risk, chance), error)
    trusted = peers.trust_or_escalate(test, error, risk)
    yield TRUST, rest.delivered_of_accepted(trusted, error)
    yield PAC, rest.delivered(peers.pac_labels(test, error, risk), error)
    if ask_bargain:
        yield BARGAIN, outsider.bargain(test.joined(rest), error, risk, product.seed)


def report(recording: Recording, splits: Sequence[Found], seconds: float) -> None:
    """One table, and how far ahead of the plainest test the product is."""
    gold = GOLD[recording.file]
    print(f"\n{recording.file}: {gold} rows of gold, {len(splits)} splits, {seconds:.0f} s")
    print("  share accepted, and share of splits over the target ± its standard error")
    print_table(splits, METHODS, TARGETS)
    print("  (*) promises the error of accepted labels, and is held to that")
    for target in TARGETS:
        lead, error = _lead(splits, target)
        print(
            f"  {target:.0%}: ahead of the plainest test by {100 * lead:+.1f} ± {100 * error:.1f}"
        )


def _lead(splits: Sequence[Found], target: float) -> tuple[float, float]:
    return Summary.of(splits, OURS, target).lead(Summary.of(splits, PLAINEST, target))


def verdicts(found: Mapping[str, Sequence[Found]]) -> Iterator[str]:
    """What was aimed at, and whether it is so."""
    settings = [(file, target) for file in found for target in TARGETS]
    yield "validity: " + _verdict(
        f"{method} on {file} at {target:.0%}: {over:.3f}"
        for method in (OURS, ALONE)
        for file, target in settings
        if (over := Summary.of(found[file], method, target).over)
        > most_over(RISK, len(found[file]))
    )
    leads = {setting: _lead(found[setting[0]], setting[1]) for setting in settings}
    yield "nowhere below the plainest test: " + _verdict(
        f"{file} at {target:.0%}: {100 * lead:+.1f} ± {100 * error:.1f}"
        for (file, target), (lead, error) in leads.items()
        if lead < 0
    )
    above = sum(lead >= AHEAD for lead, _ in leads.values())
    yield f"above it by at least {AHEAD:.0%} of the rows: {above} of {len(settings)} settings"
    file, target = INFEASIBLE
    if file in found:
        feasible = Summary.of(found[file], ALONE, target).accepted.mean()
        yield f"no people on {file} at {target:.0%}: infeasible in {1 - feasible:.1%} of splits"


def _verdict(missed: Iterator[str]) -> str:
    words = list(missed)
    return "; ".join(["MISSED", *words]) if words else "reached"


def chosen(names: Sequence[str]) -> list[Recording]:
    """The recordings of these names, by default all; ends the program for an unknown one."""
    known = {one.file: one for one in RECORDINGS}
    for name in names:
        if name not in known:
            raise SystemExit(f"{name}: no recording; there are {', '.join(known)}")
    return [known[name] for name in names or known]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", nargs="*")
    parser.add_argument("--splits", type=int, default=500)
    parser.add_argument("--bargain", type=int, default=60, help="splits that BARGAIN is tried on")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{given.splits} splits, seeds from {FIRST_SEED}, confidence {CONFIDENCE:.0%}")
    if not outsider.is_installed():
        print("BARGAIN is skipped: `pip install bargain` to see it too")
    found: dict[str, Sequence[Found]] = {}
    with ProcessPoolExecutor(given.processes) as pool:
        for recording in chosen(given.recordings):
            begun = time.monotonic()
            split = partial(one_split, recording, given.bargain)
            splits = list(pool.map(split, range(FIRST_SEED, FIRST_SEED + given.splits)))
            report(recording, splits, time.monotonic() - begun)
            found[recording.file] = splits
    print()
    for verdict in verdicts(found):
        print(verdict)


if __name__ == "__main__":
    main()
