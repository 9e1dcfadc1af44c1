"""More than is tolerated: exact tails, and the power that is promised."""

from __future__ import annotations

from math import comb

import pytest

from stepladder.audit.exceeding import exceeds, noticeable
from stepladder.audit.share import Share


def tail(fewest: int, total: int, share: float) -> float:
    """The chance of so many or more."""
    counts = range(fewest, total + 1)
    return sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in counts)


@pytest.mark.parametrize(("count", "total", "tolerance"), [(3, 50, 0.02), (0, 9, 0.1), (9, 9, 0.5)])
def test_it_is_the_binomial_tail(count: int, total: int, tolerance: float) -> None:
    found = exceeds(Share(count, total), tolerance)
    assert found == pytest.approx(tail(count, total, tolerance))


def test_where_nothing_is_tolerated_one_is_too_many() -> None:
    assert exceeds(Share(1, 50), 0) == 0
    assert exceeds(Share(0, 50), 0) == 1
    assert exceeds(Share(0, 0), 0.02) == 1


@pytest.mark.parametrize("total", [10, 50, 400])
@pytest.mark.parametrize("tolerance", [0.0, 0.02, 0.2])
@pytest.mark.parametrize("level", [0.05, 0.0167])
def test_a_noticeable_change_is_noticed_that_often(
    total: int, tolerance: float, level: float
) -> None:
    share = noticeable(total, tolerance, level)
    assert share is not None
    fewest = next(k for k in range(total + 1) if exceeds(Share(k, total), tolerance) <= level)
    assert tail(fewest, total, share) == pytest.approx(0.8)
    assert share > tolerance


def test_too_few_candidates_show_nothing() -> None:
    assert noticeable(1, 0.2, 0.05) is None
    assert noticeable(0, 0.02, 0.05) is None
