"""All thresholds at once, against one ladder after the other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stepladder.tune.routes import asked, routes
from stepladder.tune.surface import bins_of, grid_of, surface

SCORES = st.sampled_from([-1.0, 0.0, 0.2, 0.5, 0.5000001, 0.9, 1.0])


@given(st.data(), st.integers(1, 3), st.integers(1, 12))
@settings(max_examples=60)
def test_sums_are_those_of_each_ladder(data: st.DataObject, accepting: int, rows: int) -> None:
    scores = [data.draw(arrays(np.float64, rows, elements=SCORES)) for _ in range(accepting)]
    amounts = st.integers(-50, 50).map(float)
    gains = [
        data.draw(arrays(np.float64, (2, rows), elements=amounts)) for _ in range(accepting + 1)
    ]
    grids = [grid_of(score, 5) for score in scores]
    bins = [bins_of(score, grid) for score, grid in zip(scores, grids, strict=True)]
    found = surface(gains, bins, [len(grid) for grid in grids])
    for place in itertools.product(*(range(len(grid)) for grid in grids)):
        total, goes_on = gains[0].sum(axis=1), np.ones(rows, dtype=bool)
        for tier, (score, grid, at) in enumerate(zip(scores, grids, place, strict=True), start=1):
            goes_on &= score < grid[at]
            total = total + gains[tier][:, goes_on].sum(axis=1)
        assert found.reshape(2, -1)[
            :, np.ravel_multi_index(place, found.shape[1:])
        ] == pytest.approx(total)


def test_one_tier_has_one_ladder() -> None:
    assert surface([np.array([[1.0, 2.0], [0.5, 0.5]])], [], []).tolist() == [3.0, 1.0]


def test_a_grid_goes_from_everything_that_was_heard_to_nothing() -> None:
    grid = grid_of(np.array([-1.0, 0.5, 0.7, 0.7, 0.9]), 20)
    assert grid.tolist() == [0.5, 0.7, 0.9, 2.0]
    assert grid_of(np.array([-1.0]), 20).tolist() == [2.0]


def test_routes_are_every_subset_cut_in_every_way() -> None:
    found = routes("abc", 3)
    assert len(found) == len(set(found)) == 3 * 1 + 3 * 2 + 4
    assert (("a",), ("b", "c")) in found
    assert (("c",), ("a",)) not in found
    assert all(len(route) <= 2 for route in routes("abcd", 2))
    assert asked((("a",), ("c",))) == (frozenset("a"), frozenset("ac"))
