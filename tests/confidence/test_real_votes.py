"""Recorded votes of real models: does the pool hold what it promises?

The recordings lie outside the project; STEPLADDER_RECORDINGS names their folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import fmean

import pytest
from confidence_cases import says, seeded

from stepladder.confidence import Fit, GoldRow, fit_gold
from stepladder.confidence.fit import set_name

FOLDER = os.environ.get("STEPLADDER_RECORDINGS")
pytestmark = pytest.mark.skipif(
    FOLDER is None, reason="STEPLADDER_RECORDINGS does not name a folder of recordings"
)
CHEAPEST = "gemini-1.5-flash"
"""By list price (0.075 USD per million tokens of input) the cheapest of the six models."""
CALIBRATION_ROWS = 300


@dataclass(frozen=True, slots=True)
class Measured:
    """What held-out rows say of a pool of all models, of naive Bayes and of one model."""

    accuracy: float
    cheapest: float
    log_loss: float
    naive_log_loss: float
    overconfidence: float
    naive_overconfidence: float


def recorded(file: str) -> list[GoldRow]:
    lines = (Path(FOLDER or "") / file).read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["gold"] is not None]
    return [
        GoldRow(row["gold"], row["group"], {m: says(m, label) for m, label in row["votes"].items()})
        for row in rows
    ]


def measured(rows: Sequence[GoldRow], seed: int) -> Measured:
    """Fit on 300 rows, whole groups at a time, and measure on the rest."""
    said = {vote.label for row in rows for vote in row.votes.values()}
    labels = sorted({row.gold for row in rows} | {label for label in said if label})
    models = sorted(rows[0].votes)
    groups = sorted({row.group for row in rows})
    seeded(seed).shuffle(groups)
    known: list[GoldRow] = []
    while len(known) < CALIBRATION_ROWS:
        group = groups.pop()
        known += [row for row in rows if row.group == group]
    rest = [row for row in rows if row.group in set(groups)]
    pool = fit_gold(labels, models, [models], rows=known, minimum=30, seed=seed)
    naive = pool.model_copy(update={"weights": {set_name(models): dict.fromkeys(models, 1.0)}})
    return Measured(
        accuracy=_accuracy(pool, rest),
        cheapest=fmean(row.votes[CHEAPEST].label == row.gold for row in rest),
        log_loss=_log_loss(pool, rest),
        naive_log_loss=_log_loss(naive, rest),
        overconfidence=_confidence(pool, rest) - _accuracy(pool, rest),
        naive_overconfidence=_confidence(naive, rest) - _accuracy(naive, rest),
    )


def _shares(fit: Fit, rows: Sequence[GoldRow]) -> list[Mapping[str, float]]:
    found = (fit.posterior(list(row.votes.values())) for row in rows)
    return [posterior.by_label() for posterior in found if posterior is not None]


def _accuracy(fit: Fit, rows: Sequence[GoldRow]) -> float:
    shares = zip(rows, _shares(fit, rows), strict=True)
    return fmean(max(share, key=lambda label: share[label]) == row.gold for row, share in shares)


def _confidence(fit: Fit, rows: Sequence[GoldRow]) -> float:
    return fmean(max(share.values()) for share in _shares(fit, rows))


def _log_loss(fit: Fit, rows: Sequence[GoldRow]) -> float:
    return -fmean(log(share[row.gold]) for row, share in zip(rows, _shares(fit, rows), strict=True))


@pytest.fixture(scope="module")
def cebab() -> list[Measured]:
    """Sentiment toward one aspect of a restaurant: 300 rows are some 57 reviews."""
    rows = recorded("cebab_aspects.jsonl")
    return [measured(rows, seed) for seed in range(5)]


@pytest.fixture(scope="module")
def framing() -> list[Measured]:
    """Whether a news article uses a frame."""
    rows = recorded("framing.jsonl")
    return [measured(rows, seed) for seed in range(3)]


def test_the_pool_beats_the_cheapest_model_on_average_on_cebab(cebab: list[Measured]) -> None:
    """On average over the splits: where gold is few reviews, it can lose on one of them."""
    assert fmean(m.accuracy - m.cheapest for m in cebab) > 0.005


def test_the_pool_beats_the_cheapest_model_on_every_split_of_framing(
    framing: list[Measured],
) -> None:
    assert min(m.accuracy - m.cheapest for m in framing) > 0.05


def test_the_pool_is_far_less_overconfident_than_naive_bayes(
    cebab: list[Measured], framing: list[Measured]
) -> None:
    for splits in (cebab, framing):
        assert abs(fmean(m.overconfidence for m in splits)) < 0.04
        assert fmean(m.naive_overconfidence for m in splits) > 0.07
        assert all(m.log_loss < 0.8 * m.naive_log_loss for m in splits)
