"""Votes for the tests of this room, and synthetic annotators whose true probabilities are known."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from math import exp

from stepladder.confidence import GoldRow
from stepladder.types import Confidence, Labelled, Reason, Source, Unlabelled, Vote


def seeded(seed: int) -> random.Random:
    """Chance that comes out the same every time."""
    return random.Random(seed)  # noqa: S311


def says(annotator: str, label: str) -> Vote:
    """A vote that only names a label."""
    return Vote(annotator, Labelled(label))


def silent(annotator: str) -> Vote:
    """A vote without a label."""
    return Vote(annotator, Unlabelled(Reason.REFUSED, "no"))


def shows(annotator: str, probabilities: Mapping[str, float]) -> Vote:
    """A vote for the most probable label, with token probabilities."""
    top = max(probabilities, key=lambda label: probabilities[label])
    confidence = Confidence(Source.TOKEN_PROBABILITIES, probabilities)
    return Vote(annotator, Labelled(top), confidence)


def normalised_exp(scores: Sequence[float]) -> list[float]:
    """The distribution that the scores are logarithms of, up to a constant."""
    lifted = [exp(score) for score in scores]
    return [p / sum(lifted) for p in lifted]


def overconfident_rows(labels: Sequence[str], rows: int, rng: random.Random) -> list[GoldRow]:
    """Gold drawn from softmax(z); the annotator 'm' shows softmax(3 z): three times too sure."""
    found = []
    for number in range(rows):
        scores = [rng.gauss(0, 1) for _ in labels]
        gold = rng.choices(labels, weights=normalised_exp(scores))[0]
        shown = normalised_exp([3 * score for score in scores])
        vote = shows("m", dict(zip(labels, shown, strict=True)))
        found.append(GoldRow(gold, f"g{number}", {"m": vote}))
    return found


def noisy_rows(
    labels: Sequence[str], rows: int, right: Mapping[str, float], rng: random.Random
) -> list[GoldRow]:
    """Annotators that only name labels, each right independently at its own rate."""
    found = []
    for number in range(rows):
        gold = labels[number % len(labels)]
        votes = {
            name: says(name, gold if rng.random() < rate else rng.choice(labels))
            for name, rate in right.items()
        }
        found.append(GoldRow(gold, f"g{number}", votes))
    return found
