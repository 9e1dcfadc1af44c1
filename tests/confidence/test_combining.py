"""Pools of a set of annotators: who is listened to, and by how much."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
from confidence_cases import gold_row, seeded, split_of

from stepladder.confidence.combining import Pool, combine, combine_shared
from stepladder.confidence.ways import Combination, Evidence, ways
from stepladder.types.arrays import Floats

LABELS = ("no", "yes")


def evidence(
    rows: int, right: Mapping[str, float], rng: random.Random, copied: str | None = None
) -> Evidence:
    """Annotators independently right at their rate, who say so; one may copy the first."""
    gold = [rng.randrange(2) for _ in range(rows)]
    votes = np.zeros((rows, len(right), 2))
    for place, rate in enumerate(right.values()):
        for row, label in enumerate(gold):
            said = label if rng.random() < rate else 1 - label
            votes[row, place] = log(1 - rate)
            votes[row, place, said] = log(rate)
    if copied is not None:
        votes[:, list(right).index(copied)] = votes[:, 0]
    split = split_of(LABELS, [gold_row(LABELS[g], n) for n, g in enumerate(gold)])
    even = np.full((rows, 2), log(0.5))
    return Evidence(tuple(right), votes, None, None, split.table, split.fold, even)


def told(seen: Evidence, rate: float, rng: random.Random) -> Floats:
    """A term that is right at a rate, and claims 80 %."""
    found = np.full((len(seen.table), 2), log(0.2))
    for row, label in enumerate(seen.table.gold):
        found[row, label if rng.random() < rate else 1 - label] = log(0.8)
    return found


def part(pool: Pool, combination: Combination) -> float:
    return sum(one.share for one in pool.tried if one.combination is combination)


def test_the_ways_simplest_first() -> None:
    seen = evidence(20, {"a": 0.6, "b": 0.9}, seeded(0))
    assert [way.name for way in ways(seen)] == [
        "one annotator alone: b",
        "one weight for all",
        "a weight for each",
    ]
    asked = replace(seen, question=told(seen, 0.8, seeded(1)))
    assert [way.name for way in ways(asked)][:2] == [
        "one annotator alone: b",
        "one annotator alone: b, question",
    ]


def test_of_a_single_annotator_its_vote_is_taken_as_it_is() -> None:
    pool = combine(evidence(60, {"a": 0.8}, seeded(0)), 0)
    assert pool.weights == {"a": 1.0}
    assert [one.combination for one in pool.tried] == [Combination.ALONE]
    assert pool.rows == 60


@pytest.mark.parametrize("seed", range(3))
def test_noise_weighs_little_beside_one_who_knows(seed: int) -> None:
    rates = {"one": 0.9, "coin": 0.5, "other coin": 0.5}
    rng = seeded(seed)
    seen = evidence(800, rates, rng)
    # The coins claim 80 % all the same.
    seen.votes[:, 1], seen.votes[:, 2] = told(seen, 0.5, rng), told(seen, 0.5, rng)
    pool = combine(seen, 0)
    assert part(pool, Combination.SHARED) < 0.05
    assert pool.weights["one"] > 0.8
    assert pool.weights["coin"] < 0.2
    assert pool.weights["other coin"] < 0.2


def test_where_one_alone_is_clearly_better_it_is_listened_to_alone() -> None:
    """Nine who claim 99 % and guess: 60 rows cannot take all their weights from near 1/3 to 0."""
    names = ["one", *(f"guess {n}" for n in range(9))]
    rng = seeded(0)
    seen = evidence(60, dict.fromkeys(names, 0.97), rng)
    for place in range(1, 10):
        for row in range(60):
            said = rng.randrange(2)
            seen.votes[row, place] = log(0.01)
            seen.votes[row, place, said] = log(0.99)
    pool = combine(seen, 0)
    assert part(pool, Combination.ALONE) > 0.9
    assert pool.weights["one"] > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_independent_annotators_are_pooled(seed: int) -> None:
    """Bayes' weights are 1 each; a ridge toward 1/2 and 800 rows come near."""
    pool = combine(evidence(800, dict.fromkeys("abcd", 0.75), seeded(seed)), 0)
    assert part(pool, Combination.ALONE) < 0.02
    for weight in pool.weights.values():
        assert weight == pytest.approx(1.0, abs=0.3)


def test_copies_count_once_between_them() -> None:
    pool = combine(evidence(600, {"one": 0.8, "copy": 0.8}, seeded(0), copied="copy"), 0)
    assert sum(pool.weights.values()) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("term", ["none", "question", "text", "both"])
def test_shares_sum_to_one_and_average_the_weights(term: str) -> None:
    seen = evidence(90, {"a": 0.7, "b": 0.75}, seeded(3))
    if term in ("question", "both"):
        seen = replace(seen, question=told(seen, 0.7, seeded(4)))
    if term in ("text", "both"):
        seen = replace(seen, text=told(seen, 0.7, seeded(5)))
    pool = combine(seen, 0)
    assert sum(one.share for one in pool.tried) == pytest.approx(1)
    assert pool.leading.share == max(one.share for one in pool.tried)
    found = [way.weights(seen) for way in ways(seen)]
    if not pool.text:
        shares = [one.share for one in pool.tried[: len(found)]]
        averaged = np.array(shares) @ np.stack(found)
        assert list(pool.weights.values()) == pytest.approx(averaged[:2])
        assert pool.question == pytest.approx(averaged[2])


def test_text_that_tells_is_admitted() -> None:
    seen = evidence(200, {"a": 0.7, "b": 0.7}, seeded(0))
    with_text = combine(replace(seen, text=told(seen, 0.8, seeded(1))), 0)
    assert with_text.text > 0.5
    least = min(one.loss for one in combine(seen, 0).tried)
    assert min(one.loss for one in with_text.tried) < least


@pytest.mark.parametrize("rate", [0.5, 0.2])
def test_text_that_only_claims_to_tell_is_left_out_but_was_tried(rate: float) -> None:
    seen = evidence(200, {"a": 0.7, "b": 0.7}, seeded(0))
    pool = combine(replace(seen, text=told(seen, rate, seeded(1))), 0)
    plain, tried = pool.tried[2:3], pool.tried[3:]
    assert [one.way for one in tried] == ["a weight for each, text"]
    assert min(one.loss for one in tried) >= min(one.loss for one in plain)
    assert pool.text == 0
    assert all(one.share == 0 for one in tried)
    assert pool == combine(seen, 0).model_copy(update={"tried": pool.tried})


def test_the_seed_decides() -> None:
    seen = evidence(60, {"a": 0.7, "b": 0.72}, seeded(2))
    seen = replace(seen, question=told(seen, 0.6, seeded(3)))
    assert combine(seen, 1) == combine(seen, 1)
    assert combine(seen, 1) != combine(seen, 2)


def test_a_group_is_redrawn_as_a_whole() -> None:
    """Copies of each row are no more evidence: how often each way is best stays as unsure."""
    seen = evidence(40, {"a": 0.75}, seeded(6))
    seen = replace(seen, question=told(seen, 0.55, seeded(7)))
    copies = np.repeat(np.arange(40), 8)
    many = replace(
        seen,
        votes=seen.votes[copies],
        question=None if seen.question is None else seen.question[copies],
        table=seen.table.at(copies),
        fold=seen.fold[copies],
        prior=seen.prior[copies],
    )
    losses = [next(iter(ways(one))).losses(one) for one in (seen, many)]
    assert losses[1] == pytest.approx(losses[0][copies])
    alone = [combine(one, 0).tried[0].share for one in (seen, many)]
    assert 0.02 < alone[1] < 0.98


def test_the_shared_pool_has_one_weight_for_everybody() -> None:
    pool = combine_shared(evidence(300, dict.fromkeys("abcd", 0.75), seeded(0)), 0)
    assert {one.combination for one in pool.tried} == {Combination.SHARED}
    assert len(set(pool.weights.values())) == 1
    # Independent annotators count in full: c / sqrt(4) = 1.
    assert pool.weights["a"] == pytest.approx(1.0, abs=0.25)


def test_losses_are_those_of_weights_fitted_without_the_group() -> None:
    seen = evidence(50, {"a": 0.6, "b": 0.8}, seeded(1))
    weighted = list(ways(seen))[2]
    losses = weighted.losses(seen)
    held = seen.fold == 2
    numbers = weighted.numbers(seen, np.flatnonzero(~held))
    scores = np.einsum("m,nmk->nk", numbers, seen.votes[held])
    lead = scores[np.arange(held.sum()), seen.table.gold[held]]
    assert losses[held] == pytest.approx(np.logaddexp(scores[:, 0], scores[:, 1]) - lead)


def test_a_shared_weight_is_told_by_annotator() -> None:
    seen = evidence(50, {"a": 0.6, "b": 0.8}, seeded(1))
    shared = list(ways(seen))[1]
    number = float(shared.numbers(seen, np.arange(50))[0])
    assert shared.weights(seen) == pytest.approx([number / sqrt(2), number / sqrt(2), 0.0, 0.0])
