"""A scheme that the product does not have: rows that people label anyway teach for free.

Some random rows show roughly below which stated confidence people will be needed. They label
those rows at once; these and the first random ones teach, and other random rows test. Gold that
was not drawn at random may teach, since the test does not rest on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.promises.draws import rows_with_usage
from benchmarks.promises.rows import Delivered, Rows, judged
from benchmarks.recordings import Recording
from stepladder.confidence import GoldRow, PriorColumns, Wanted
from stepladder.confidence.every_set import fit_every_set
from stepladder.confidence.risk import most_wrong
from stepladder.routing.lot import lot_of
from stepladder.types.arrays import Flags, Floats, Numbers

PILOT, TEST = 100, 200
"""Random rows that teach, and that test."""
MOST = 0.3
"""Share of all rows that is given away before the fit, at most."""
LENIENT = 0.95
"""How sure one has to be that people will get a row, going by the pilot."""
TIES = 1e-6


@dataclass(frozen=True, eq=False)
class Stated:
    """All rows of a recording of one annotator, by its own confidence (n)."""

    rows: tuple[GoldRow, ...]
    name: str
    sure: Floats
    """What it states, ties broken by lots (n)."""
    wrong: Flags
    """n."""

    @classmethod
    def of(cls, recording: Recording) -> Stated:
        """Read them; there has to be one annotator, and it has to state its confidence."""
        rows = rows_with_usage(recording)
        (name,) = rows[0].votes
        votes = [row.votes[name] for row in rows]
        stated = np.array([max(vote.confidence.by_label.values()) for vote in votes])
        lots = np.array([lot_of(row.candidate.key) for row in rows])
        wrong = [row.gold != vote.label for row, vote in zip(rows, votes, strict=True)]
        return cls(rows, name, stated + TIES * lots, np.array(wrong, dtype=bool))

    def __len__(self) -> int:
        return len(self.rows)

    def as_rows(self) -> Rows:
        """With stated confidence in place of a posterior."""
        return Rows(self.sure, self.wrong, np.array([row.group for row in self.rows]))


def with_free_rows(recording: Recording, error: float, risk: float, seed: int) -> Delivered:
    """Accepted share and error of all rows, those with gold included."""
    stated = Stated.of(recording)
    order = np.random.default_rng(seed).permutation(len(stated))
    pilot, others = order[:PILOT], order[PILOT:]
    free = least_sure(stated, pilot, others, error)
    left = others[~np.isin(others, free)]
    test, rest = left[:TEST], left[TEST:]
    rows = _fitted(recording, stated, np.sort(np.append(pilot, free)), seed)
    allowed = int(error * len(stated) + 1e-9)
    most = most_wrong(len(test), len(rest), allowed, risk)
    threshold = rows.at(test).above_all_but(most)
    delivered = rows.at(rest)
    return judged(delivered.top >= threshold, delivered.wrong, error, len(stated))


def least_sure(stated: Stated, pilot: Numbers, others: Numbers, error: float) -> Numbers:
    """Places of the rows that even a lenient reading of the pilot leaves to people."""
    from scipy.stats import binom

    bad = np.sort(stated.sure[pilot][stated.wrong[pilot]])[::-1]
    most = int(binom.ppf(LENIENT, len(pilot), error))
    if most >= len(bad):
        return others[:0]
    ranked = others[np.argsort(stated.sure[others])]
    below = ranked[stated.sure[ranked] <= bad[most]]
    return np.asarray(below[: int(MOST * len(stated))], dtype=np.int64)


def _fitted(recording: Recording, stated: Stated, taught: Numbers, seed: int) -> Rows:
    """All rows under a fit that these taught."""
    wanted = Wanted(recording.labels, (stated.name,), seed=seed, columns=PriorColumns(("text",)))
    fit = fit_every_set(wanted, [stated.rows[place] for place in taught.tolist()]).fit
    return Rows.of(fit, (stated.name,), stated.rows)
