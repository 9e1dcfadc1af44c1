from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stepladder.confidence.pool import equal_weights, fit_weights, pooled

EVEN = (log(0.5), log(0.5))
FOR = (log(0.8), log(0.2))
AGAINST = (log(0.2), log(0.8))


def test_a_pool_by_hand() -> None:
    assert pooled(EVEN, [FOR], [1.0]) == pytest.approx((0.8, 0.2))
    assert pooled(EVEN, [FOR, FOR], [1.0, 1.0]) == pytest.approx((0.64 / 0.68, 0.04 / 0.68))
    assert pooled(EVEN, [FOR, FOR], [0.5, 0.5]) == pytest.approx((0.8, 0.2))
    assert pooled(EVEN, [FOR, AGAINST], [0.7, 0.7]) == pytest.approx((0.5, 0.5))
    skewed = (log(0.9), log(0.1))
    assert pooled(skewed, [FOR], [0.0]) == pytest.approx((0.9, 0.1))
    assert pooled(skewed, [AGAINST], [1.0]) == pytest.approx((0.18 / 0.26, 0.08 / 0.26))


def test_equal_weights_shrink_with_the_root_of_the_number() -> None:
    assert equal_weights(1) == (1.0,)
    assert equal_weights(4) == (0.5,) * 4


def fitted(
    vectors: NDArray[np.float64], gold: NDArray[np.int64], near: Sequence[float] | None = None
) -> NDArray[np.float64]:
    """Weights from rows that stand for themselves."""
    start = equal_weights(vectors.shape[1]) if near is None else near
    return fit_weights(np.array(EVEN), vectors, gold, np.ones(len(gold)), start)


def votes(rows: int, *annotators: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Vectors of independent annotators right at the given rates (or noise at 0.5), and gold."""
    rng = np.random.default_rng(3)
    gold = rng.integers(0, 2, rows)
    right = rng.random((rows, len(annotators))) < np.array(annotators)
    said = np.where(right, gold[:, None], 1 - gold[:, None])
    return np.array([FOR, AGAINST])[said], gold


def test_a_better_annotator_weighs_more_and_noise_weighs_little() -> None:
    # The vectors claim 80 %; 95 %, 80 % and a coin are what stands behind them.
    good, fair, coin = fitted(*votes(2000, 0.95, 0.8, 0.5))
    assert good > 1.7  # log(0.95 / 0.05) / log(0.8 / 0.2) = 2.1
    assert fair == pytest.approx(1.0, abs=0.15)
    assert coin < 0.1


def test_few_rows_leave_the_weights_near_equal_ones() -> None:
    for weight in fitted(*votes(3, 0.9, 0.9)):
        assert weight == pytest.approx(equal_weights(2)[0], abs=0.25)


def test_an_annotator_that_says_the_opposite_weighs_nothing() -> None:
    assert fitted(*votes(400, 0.9, 0.1))[1] == 0


def shared(vectors: NDArray[np.float64], gold: NDArray[np.int64]) -> float:
    """The factor c when m votes weigh c/sqrt(m) each: one weight for their sum."""
    summed = vectors.sum(axis=1, keepdims=True) / sqrt(vectors.shape[1])
    return float(fitted(summed, gold, (1.0,))[0])


def test_one_annotator_copied_counts_once() -> None:
    """Four copies of one 80 % annotator: by c / sqrt(4) each, c = 1/2 counts it once."""
    vectors, gold = votes(4000, 0.8)
    assert shared(np.repeat(vectors, 4, axis=1), gold) == pytest.approx(0.5, abs=0.05)


def test_independent_annotators_count_in_full() -> None:
    """Weights of 1 each are right for independent ones: c = sqrt(4) = 2."""
    assert shared(*votes(4000, 0.8, 0.8, 0.8, 0.8)) == pytest.approx(2, abs=0.15)


def test_a_row_of_weight_two_counts_like_two_rows() -> None:
    vectors, gold = votes(30, 0.8, 0.6)
    weight = np.ones(30)
    weight[0] = 2.0
    once = fit_weights(np.array(EVEN), vectors, gold, weight, (0.7, 0.7))
    doubled, more = np.concatenate([vectors, vectors[:1]]), np.concatenate([gold, gold[:1]])
    assert once == pytest.approx(fitted(doubled, more, (0.7, 0.7)), abs=1e-3)


def test_without_rows_the_weights_stay_where_they_start() -> None:
    none = np.array([], dtype=np.int64)
    assert fitted(np.empty((0, 2, 2)), none, (0.3, 0.0)).tolist() == [0.3, 0.0]


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.floats(-14, 0), st.floats(-14, 0)), min_size=40, max_size=40),
    st.lists(st.integers(0, 1), min_size=20, max_size=20),
)
def test_weights_are_never_negative(scores: list[tuple[float, float]], gold: list[int]) -> None:
    vectors = np.array(scores).reshape(20, 2, 2)
    found = fitted(vectors, np.array(gold))
    assert len(found) == 2
    assert all(0 <= weight < 1000 for weight in found)
    assert 0 <= shared(vectors, np.array(gold)) < 1000
