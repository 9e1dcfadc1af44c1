"""Running in an event loop leaves the process as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from stepladder.engine import event_loop


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


async def first_threshold() -> int:
    return gc.get_threshold()[0]


@pytest.mark.parametrize(
    ("before", "within"), [(700, event_loop.NEW_BEFORE_COLLECTING), (50_000, 50_000), (0, 0)]
)
def test_garbage_is_looked_for_less_often_while_it_runs(before: int, within: int) -> None:
    gc.set_threshold(before, 10, 10)
    assert event_loop.run(first_threshold()) == within
    assert gc.get_threshold() == (before, 10, 10)


def test_an_error_leaves_the_thresholds_as_they_were_too() -> None:
    async def fail() -> None:
        raise LookupError

    gc.set_threshold(700, 10, 10)
    with pytest.raises(LookupError):
        event_loop.run(fail())
    assert gc.get_threshold() == (700, 10, 10)
