"""How much work of people does a promise save? One model with stated confidence, and text.

    STEPLADDER_RECORDINGS=… python -m benchmarks.people_saved --seeds 50

Of all rows, those with gold included, so many may be labelled wrongly, with 95 % confidence. Saved
is the share of all rows that no person labelled: gold counts as people's. By the same seeds, the
procedure of PAC labels on stated confidence, ties broken. With 100 draws and the bound of the
central limit theorem it saves most, 24, 39 and 52 %.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks.promises.asked_next import PILOT, TEST, Desk
from benchmarks.promises.draws import FIRST_SEED, TUNE, draw
from benchmarks.promises.peers import pac_labels, pac_labels_betting
from benchmarks.promises.product import Product
from benchmarks.promises.rows import Delivered, Rows, judged
from benchmarks.promises.stated import stated_rows
from benchmarks.promises.summary import Found, Summary, most_over, print_table
from benchmarks.recordings import RECORDINGS, Recording, folder
from stepladder.tune.promise import Promise

STANCE = next(one for one in RECORDINGS if one.file == "stance")
TARGETS = (0.05, 0.10, 0.15)
AHEAD = 0.05
"""Of all rows: so much more than PAC labels is aimed at."""
CONFIDENCE = 0.95
RISK = 1 - CONFIDENCE
GOLD = (300, 200)
"""Rows of gold, drawn at random."""
DRAWS, BETTING_DRAWS = 100, 200
"""Of PAC labels, with replacement; so many suit each bound best."""
OURS = f"stepladder, next-gold ({PILOT} + {TEST} at random)"
PLAIN = f"stepladder, {GOLD[0]} gold"
COUNTED = f"{PLAIN}, counted"
"""As `--count-gold` promises: the error of all rows, those with gold too."""
PAC = f"PAC labels, {DRAWS} draws"
BETTING = f"PAC labels, betting, {BETTING_DRAWS} draws"


def one_seed(recording: Recording, seed: int) -> Found:
    """All methods at all targets."""
    found: dict[tuple[str, float], Delivered] = {}
    desk = Desk.of(folder() / f"{recording.file}.jsonl")
    with threadpool_limits(1):
        for gold in GOLD:
            product = Product(recording.labels, draw(recording, gold, seed), seed + TUNE)
            for target in TARGETS:
                for method, delivered in _product(product, gold, target):
                    found[method, target] = delivered
        for target, delivered in desk.delivered(TARGETS, CONFIDENCE, seed):
            found[OURS, target] = delivered
            for method, delivered in _peers(stated_rows(recording), target, seed):
                found[method, target] = delivered
    return found


def _product(product: Product, gold: int, target: float) -> Iterator[tuple[str, Delivered]]:
    """Asked for the target itself; with most gold also for what lets all rows just meet it."""
    rest = len(product.split.fresh)
    whole = len(product.split.known) + rest
    asked = {f"stepladder, {gold} gold": target}
    if gold == max(GOLD):
        asked[COUNTED] = target * whole / rest
    for method, error in asked.items():
        promise = Promise(error, CONFIDENCE)
        accepted, wrong = product.on_rest(product.with_people(promise), promise)
        yield method, judged(accepted, wrong, target, whole)


def _peers(rows: Rows, target: float, seed: int) -> Iterator[tuple[str, Delivered]]:
    """Rows that were drawn are people's."""
    for method, draws, threshold in (
        (PAC, DRAWS, pac_labels),
        (BETTING, BETTING_DRAWS, pac_labels_betting),
    ):
        drawn = np.random.default_rng(seed).integers(len(rows), size=draws)
        accepted = rows.top >= threshold(rows.at(drawn), target, RISK)
        accepted[drawn] = False
        yield method, judged(accepted, rows.wrong, target)


def report(splits: Sequence[Found]) -> None:
    """The table, and how far everybody is ahead of PAC labels."""
    print("  share of all rows not labelled by people, and share of seeds over the target")
    methods = list(dict.fromkeys(method for method, _ in splits[0]))
    print_table(splits, methods, TARGETS)
    print(f"  points ahead of {PAC}, paired")
    for method in methods:
        cells = [_ahead(splits, method, target) for target in TARGETS]
        print(f"  {method:<46}" + "".join(f"{cell:>16}" for cell in cells))
    for verdict in verdicts(splits):
        print(f"  {verdict}")


def _ahead(splits: Sequence[Found], method: str, target: float) -> str:
    """In percent of all rows, with its standard error."""
    lead, error = Summary.of(splits, method, target).lead(Summary.of(splits, PAC, target))
    return f"{100 * lead:+.1f} ± {100 * error:.1f}"


def verdicts(splits: Sequence[Found]) -> Iterator[str]:
    """What was aimed at, and whether it is so."""
    for target in TARGETS:
        mine = Summary.of(splits, OURS, target)
        lead, error = mine.lead(Summary.of(splits, PAC, target))
        word = "reached" if lead >= AHEAD else "MISSED"
        valid = "valid" if mine.over <= most_over(RISK, len(splits)) else "NOT valid"
        ahead = f"{100 * lead:+.1f} ± {100 * error:.1f} points ahead of PAC labels"
        yield f"{target:.0%}: {OURS} saves {mine.accepted.mean():.1%}, {ahead}: {word}; {valid}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{STANCE.file}: {given.seeds} seeds from {FIRST_SEED}, confidence {CONFIDENCE:.0%}")
    with ProcessPoolExecutor(given.processes) as pool:
        seeds = range(FIRST_SEED, FIRST_SEED + given.seeds)
        report(list(pool.map(partial(one_seed, STANCE), seeds)))


if __name__ == "__main__":
    main()
