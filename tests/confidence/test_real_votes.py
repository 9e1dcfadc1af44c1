"""Recorded votes of real models: does the pool hold what it promises?

The recordings lie outside the project; STEPLADDER_RECORDINGS names their folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from confidence_cases import fit_loss, gold_row, regrouped, says, seeded, shows

from stepladder.confidence import Fit, GoldRow, PriorColumns, Wanted, fit_gold
from stepladder.confidence.fit import set_name
from stepladder.types import SINGLE_QUESTION, Source

FOLDER = os.environ.get("STEPLADDER_RECORDINGS")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        FOLDER is None, reason="STEPLADDER_RECORDINGS does not name a folder of recordings"
    ),
]
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
    return [_row(read) for read in map(json.loads, lines) if read["gold"] is not None]


def _row(read: Mapping[str, Any]) -> GoldRow:
    stated = read.get("stated_confidence", {})
    votes = [
        shows(model, {label: stated[model]}, Source.STATED)
        if stated.get(model) is not None
        else says(model, label)
        for model, label in read["votes"].items()
        if label is not None
    ]
    question = read.get("question", SINGLE_QUESTION)
    columns = {"text": read["text"]} if "text" in read else {}
    return gold_row(read["gold"], read["group"], *votes, question=question, columns=columns)


@dataclass(frozen=True, slots=True)
class Dealt:
    """Whole groups that are known, and the others."""

    known: list[GoldRow]
    rest: list[GoldRow]
    wanted: Wanted

    @classmethod
    def of(cls, rows: Sequence[GoldRow], seed: int) -> Dealt:
        """Some 300 rows are known."""
        said = {vote.label for row in rows for vote in row.votes.values()}
        labels = sorted({row.gold for row in rows} | {label for label in said if label})
        models = tuple(sorted({model for row in rows for model in row.votes}))
        groups = sorted({row.group for row in rows})
        seeded(seed).shuffle(groups)
        known: list[GoldRow] = []
        while len(known) < CALIBRATION_ROWS:
            group = groups.pop()
            known += [row for row in rows if row.group == group]
        left = set(groups)
        rest = [row for row in rows if row.group in left and row.votes]
        return cls(known, rest, Wanted(tuple(labels), models, (models,), seed=seed))


def measured(rows: Sequence[GoldRow], seed: int) -> Measured:
    """Fit on 300 rows, whole groups at a time, and measure on the rest."""
    dealt = Dealt.of(rows, seed)
    rest, models = dealt.rest, dealt.wanted.annotators
    pool = fit_gold(dealt.wanted, dealt.known)
    bayes = pool.pools[set_name(models)].model_copy(
        update={"weights": dict.fromkeys(models, 1.0), "question": 0.0}
    )
    naive = pool.model_copy(update={"pools": {set_name(models): bayes}})
    return Measured(
        accuracy=_accuracy(pool, rest),
        cheapest=fmean(row.votes[CHEAPEST].label == row.gold for row in rest),
        log_loss=fit_loss(pool, rest),
        naive_log_loss=fit_loss(naive, rest),
        overconfidence=_confidence(pool, rest) - _accuracy(pool, rest),
        naive_overconfidence=_confidence(naive, rest) - _accuracy(naive, rest),
    )


def _shares(fit: Fit, rows: Sequence[GoldRow]) -> list[Mapping[str, float]]:
    found = (fit.posterior(list(row.votes.values()), row.candidate) for row in rows)
    return [posterior.by_label() for posterior in found if posterior is not None]


def _accuracy(fit: Fit, rows: Sequence[GoldRow]) -> float:
    shares = zip(rows, _shares(fit, rows), strict=True)
    return fmean(max(share, key=lambda label: share[label]) == row.gold for row, share in shares)


def _confidence(fit: Fit, rows: Sequence[GoldRow]) -> float:
    return fmean(max(share.values()) for share in _shares(fit, rows))


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


TEXT = PriorColumns(texts=("text",))


def lift(dealt: Dealt, names: tuple[str, ...]) -> float:
    """What the text takes off the log loss of these annotators' pool on the rest, nats."""
    plain = replace(dealt.wanted, annotators=names, sets=(names,))
    rest = [
        replace(row, votes={name: row.votes[name] for name in names if name in row.votes})
        for row in dealt.rest
    ]
    with_text = fit_gold(replace(plain, columns=TEXT), dealt.known)
    return fit_loss(fit_gold(plain, dealt.known), rest) - fit_loss(with_text, rest)


def test_split_by_review_the_text_lifts_the_cheapest_model_by_nothing() -> None:
    """Rows are edits of 188 reviews, some of which are known and the others not."""
    rows = recorded("cebab_aspects.jsonl")
    found = [lift(Dealt.of(rows, seed), (CHEAPEST,)) for seed in range(3)]
    assert abs(fmean(found)) < 0.01


def test_split_by_row_the_text_seems_to_lift_it() -> None:
    """The leak that groups are there for: each row's review has other rows on every side."""
    rows = recorded("cebab_aspects.jsonl")
    alone = [regrouped(row, number) for number, row in enumerate(rows)]
    found = [lift(Dealt.of(alone, seed), (CHEAPEST,)) for seed in range(3)]
    assert fmean(found) > 0.02


def test_on_independent_texts_it_helps() -> None:
    rows = recorded("stance.jsonl")
    found = [lift(Dealt.of(rows, seed), ("gpt-4o",)) for seed in range(8)]
    assert fmean(found) > 0.005
    # Where cross-validation does not admit it, nothing changes.
    assert min(found) > -0.01
