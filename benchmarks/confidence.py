"""How good are the probabilities? Pools and what they have to beat, on recorded real votes.

    STEPLADDER_RECORDINGS=… python -m benchmarks.confidence --seeds 20 --rows 300

Each split learns from some 300 gold rows and measures on all others; no group is on both
sides. Every method sees the same splits, so differences are paired.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from benchmarks.recordings import RECORDINGS, Halves, Recording, halves, rows_of
from stepladder.confidence import Fit, GoldRow, GoldTable, PriorColumns, Wanted, fit_gold
from stepladder.confidence.aggregator import Aggregator
from stepladder.confidence.best_single import BestSingle
from stepladder.confidence.dawid_skene import DawidSkeneVote
from stepladder.confidence.reliability import brier, log_loss, reliability
from stepladder.confidence.voting import MajorityVote, WeightedVote

FIRST_SEED = 1000
"""Constants were tuned on splits by other seeds."""
PEERS: tuple[Aggregator, ...] = (MajorityVote(), DawidSkeneVote(), BestSingle())
"""What the pool must not lose to."""
OURS = "pool"
WITHOUT_TEXT = "pool, no text"
MOST_ERROR = 0.02
"""Debiased calibration error to reach, in the mean."""
OVERALL_ERROR = 0.05
"""Wrong labels among all candidates, as far as accepted, at which the accepted share is shown."""


class Scores(NamedTuple):
    """One method on one split."""

    accuracy: float
    log_loss: float
    brier: float
    plain_ece: float
    debiased_ece: float
    """Plain, less what a perfect calibrator with the same probabilities shows by chance."""
    squared: float
    """Squared calibration error less its bias (Kumar et al. 2019); its mean's root is shown."""
    accepted: float
    """Share that the best threshold in hindsight accepts before 5 % of all are wrong."""


COLUMNS = (
    *(("", 24), ("accuracy", 9), ("log loss", 16), ("Brier", 16)),
    *(("ECE", 8), ("debiased", 9), ("root", 9), ("accepted", 9)),
)
"""Headings and widths."""

Posteriors = Callable[[Halves, Recording, int], np.ndarray]


def ours(split: Halves, recording: Recording, seed: int, *, text: bool) -> np.ndarray:
    """Posteriors (n x K) of our pool on the fresh rows."""
    columns = PriorColumns(("text",)) if text and split.known[0].candidate.columns else None
    names = tuple(split.known[0].votes)
    wanted = Wanted(recording.labels, names, (names,), seed=seed, columns=columns)
    fit: Fit = fit_gold(wanted, split.known)
    return np.array([_posterior(fit, row) for row in split.fresh])


def _posterior(fit: Fit, row: GoldRow) -> tuple[float, ...]:
    found = fit.posterior(list(row.votes.values()), row.candidate)
    assert found is not None
    return found.probabilities


def peer(aggregator: Aggregator, split: Halves, recording: Recording, _: int) -> np.ndarray:
    """Posteriors (n x K) of another way to aggregate; it may look at the fresh rows' votes."""
    fitted = aggregator.fit(GoldTable(recording.labels, split.known), split.fresh)
    return np.array([fitted.posterior(list(r.votes.values()), r.candidate) for r in split.fresh])


METHODS: Mapping[str, Posteriors] = {
    OURS: partial(ours, text=True),
    WITHOUT_TEXT: partial(ours, text=False),
    **{one.name: partial(peer, one) for one in (*PEERS, WeightedVote())},
}


def scores(posteriors: np.ndarray, recording: Recording, fresh: Sequence[GoldRow]) -> Scores:
    """How good the posteriors (n x K) are on the fresh rows (n)."""
    gold = GoldTable(recording.labels, tuple(fresh)).gold
    top, right = posteriors.max(axis=1), posteriors.argmax(axis=1) == gold
    found = reliability(np.minimum(top, 1.0), right)
    return Scores(
        accuracy=float(right.mean()),
        log_loss=log_loss(posteriors, gold),
        brier=brier(posteriors, gold),
        plain_ece=found.error,
        debiased_ece=found.debiased,
        squared=found.squared,
        accepted=accepted_share(top, right),
    )


def accepted_share(top: np.ndarray, right: np.ndarray) -> float:
    """The largest share of rows that a threshold accepts before 5 % of all rows are wrong."""
    order = np.argsort(-top, kind="stable")
    accepted = np.arange(1, len(right) + 1)
    error = np.cumsum(~right[order]) / len(right)
    # A threshold takes all rows of equal probability or none.
    last_of_its_kind = np.append(np.diff(top[order]) < 0, True)
    fits = np.flatnonzero((error <= OVERALL_ERROR) & last_of_its_kind)
    return float(accepted[fits[-1]] / len(right)) if len(fits) else 0.0


def one_split(recording: Recording, known: int, seed: int) -> dict[str, Scores]:
    """All methods on one split."""
    split = halves(rows_of(recording), known, seed)
    return {
        name: scores(method(split, recording, seed), recording, split.fresh)
        for name, method in METHODS.items()
    }


@dataclass(frozen=True, slots=True)
class Lead:
    """How far the pool is below another method: positive is better."""

    mean: float
    error: float
    """Standard error over splits, paired; splits share rows, so that it is rather too small."""

    @classmethod
    def of(cls, pool: np.ndarray, other: np.ndarray) -> Lead:
        """From the losses of both on the same splits."""
        difference = other - pool
        spread = float(difference.std(ddof=1) / np.sqrt(len(difference)))
        return cls(float(difference.mean()), spread)


def report(recording: Recording, splits: Sequence[Mapping[str, Scores]]) -> None:
    """One table, and what the targets say of it."""
    print(f"\n{recording.file}: {len(splits)} splits")
    print("  " + " ".join(f"{heading:>{width}}" for heading, width in COLUMNS))
    for name in METHODS:
        found = np.array([split[name] for split in splits])
        mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(len(found))
        cells = (
            name,
            f"{mean[0]:.4f}",
            *(f"{mean[n]:.4f} ±{error[n]:.4f}" for n in (1, 2)),
            *(f"{mean[n]:.4f}" for n in (3, 4)),
            f"{max(0.0, mean[5]) ** 0.5:.4f}",
            f"{mean[6]:.3f}",
        )
        print("  " + " ".join(f"{c:>{w}}" for c, (_, w) in zip(cells, COLUMNS, strict=True)))
    for verdict in verdicts(splits):
        print(f"  {verdict}")


def verdicts(splits: Sequence[Mapping[str, Scores]]) -> list[str]:
    """What was promised, and whether it is so."""
    mine = np.array([split[OURS] for split in splits])
    reached = "reached" if mine[:, 4].mean() <= MOST_ERROR else "MISSED"
    size = max(0.0, mine[:, 5].mean()) ** 0.5
    lines = [
        f"debiased ECE {mine[:, 4].mean():.4f}, at most {MOST_ERROR}: {reached}; "
        f"root of the debiased squared error: {size:.4f}"
    ]
    for one in PEERS:
        theirs = np.array([split[one.name] for split in splits])
        for column, loss in ((1, "log loss"), (2, "Brier")):
            lead = Lead.of(mine[:, column], theirs[:, column])
            word = "above: MISSED" if lead.mean < 0 else "not above"
            clear = ", by more than one standard error" if lead.mean > lead.error else ""
            lines.append(
                f"{loss} {word} {one.name}: lower by {lead.mean:.4f} ± {lead.error:.4f}{clear}"
            )
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + given.seeds)
    print(f"{given.rows} gold rows, {given.seeds} splits by group, seeds from {FIRST_SEED}")
    with ProcessPoolExecutor(given.processes) as pool:
        for recording in RECORDINGS:
            split = partial(one_split, recording, given.rows)
            report(recording, list(pool.map(split, seeds)))


if __name__ == "__main__":
    main()
