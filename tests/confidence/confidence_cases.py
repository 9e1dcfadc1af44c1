"""Votes for the tests of this room, and synthetic annotators whose true probabilities are known."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import exp, log
from types import MappingProxyType

import numpy as np

from stepladder.confidence import Fit, GoldRow, GoldTable
from stepladder.confidence.heard import Heard, Split, heard_of
from stepladder.confidence.scaling import Shown
from stepladder.types import (
    SINGLE_QUESTION,
    Candidate,
    Confidence,
    Labelled,
    Reason,
    Source,
    Unlabelled,
    Vote,
)

ANY = Candidate("any")
"""A candidate that nothing is known of."""


def seeded(seed: int) -> random.Random:
    """Chance that comes out the same every time."""
    return random.Random(seed)  # noqa: S311


def says(annotator: str, label: str) -> Vote:
    """A vote that only names a label."""
    return Vote(annotator, Labelled(label))


def silent(annotator: str) -> Vote:
    """A vote without a label."""
    return Vote(annotator, Unlabelled(Reason.REFUSED, "no"))


def shows(
    annotator: str,
    probabilities: Mapping[str, float],
    source: Source = Source.TOKEN_PROBABILITIES,
) -> Vote:
    """A vote for the most probable label, with confidence; by default token probabilities."""
    top = max(probabilities, key=lambda label: probabilities[label])
    return Vote(annotator, Labelled(top), Confidence(source, probabilities))


def normalised_exp(scores: Sequence[float]) -> list[float]:
    """The distribution that the scores are logarithms of, up to a constant."""
    lifted = [exp(score) for score in scores]
    return [p / sum(lifted) for p in lifted]


def gold_row(
    gold: str,
    group: object,
    *votes: Vote,
    question: str = SINGLE_QUESTION,
    columns: Mapping[str, str] = MappingProxyType({}),
    sampled: float | None = None,
) -> GoldRow:
    """A row whose candidate is named like its group."""
    candidate = Candidate(str(group), columns, question, str(group), gold, sampled)
    return GoldRow(candidate, {vote.annotator: vote for vote in votes})


def regrouped(row: GoldRow, group: object) -> GoldRow:
    """The row in another group."""
    return replace(row, candidate=replace(row.candidate, group=str(group)))


def relabelled(row: GoldRow, gold: str) -> GoldRow:
    """The row with another gold."""
    return replace(row, candidate=replace(row.candidate, gold=gold))


def overconfident_rows(labels: Sequence[str], rows: int, rng: random.Random) -> list[GoldRow]:
    """Gold drawn from softmax(z); the annotator 'm' shows softmax(3 z): three times too sure."""
    found = []
    for number in range(rows):
        scores = [rng.gauss(0, 1) for _ in labels]
        gold = rng.choices(labels, weights=normalised_exp(scores))[0]
        shown = normalised_exp([3 * score for score in scores])
        found.append(
            gold_row(gold, f"g{number}", shows("m", dict(zip(labels, shown, strict=True))))
        )
    return found


def noisy_rows(
    labels: Sequence[str], rows: int, right: Mapping[str, float], rng: random.Random
) -> list[GoldRow]:
    """Annotators that only name labels, each right independently at its own rate."""
    found = []
    for number in range(rows):
        gold = labels[number % len(labels)]
        votes = [
            says(name, gold if rng.random() < rate else rng.choice(labels))
            for name, rate in right.items()
        ]
        found.append(gold_row(gold, f"g{number}", *votes))
    return found


def shown(
    raw: Iterable[Sequence[float]], gold: Sequence[int], weight: Sequence[float] | None = None
) -> Shown:
    """Raw probabilities by row, numbers of the right labels, and weights (of 1)."""
    weights = np.ones(len(gold)) if weight is None else np.array(weight)
    return Shown(np.array(list(raw), dtype=float), np.array(gold, dtype=np.int64), weights)


def overconfident(labels: int, rows: int, rng: random.Random, times: float = 3.0) -> Shown:
    """Gold drawn from softmax(z), shown as softmax(times z)."""
    raw, gold = [], []
    for _ in range(rows):
        scores = [rng.gauss(0, 1) for _ in range(labels)]
        gold.append(rng.choices(range(labels), weights=normalised_exp(scores))[0])
        raw.append(normalised_exp([times * score for score in scores]))
    return shown(raw, gold)


def split_of(labels: Sequence[str], rows: Sequence[GoldRow], seed: int = 0) -> Split:
    """Rows dealt into folds."""
    return Split(GoldTable(tuple(labels), tuple(rows)), seed)


def heard(name: str, labels: Sequence[str], rows: Sequence[GoldRow], seed: int = 0) -> Heard:
    """What one annotator said to these rows."""
    return heard_of(name, split_of(labels, rows, seed)).heard


def probabilities(fit: Fit, *votes: Vote, candidate: Candidate = ANY) -> tuple[float, ...]:
    """The posterior's numbers, of votes of which at least one has a label."""
    posterior = fit.posterior(votes, candidate)
    assert posterior is not None
    return posterior.probabilities


def fit_loss(fit: Fit, rows: Sequence[GoldRow]) -> float:
    """Mean log loss of a fit on rows, nats."""
    losses = [
        -log(probabilities(fit, *row.votes.values(), candidate=row.candidate)[place])
        for row in rows
        for place in [fit.labels.index(row.gold)]
    ]
    return sum(losses) / len(losses)
