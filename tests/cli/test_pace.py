"""How long the rest will take."""

from __future__ import annotations

import pytest

from stepladder.cli.pace import Pace, clock


def test_nothing_is_said_before_anything_moved() -> None:
    pace = Pace()
    assert pace.seconds_for(10) is None
    pace.note(0, 0.0)
    pace.note(0, 9.0)
    assert pace.seconds_for(10) is None


def test_the_rest_takes_as_long_each_as_what_is_done() -> None:
    pace = Pace()
    pace.note(0, 100.0)
    pace.note(20, 110.0)
    assert pace.seconds_for(30) == pytest.approx(15.0)


def test_what_is_long_ago_does_not_count() -> None:
    # A resumed run is through its first thousand in a moment.
    pace = Pace()
    pace.note(0, 0.0)
    pace.note(1000, 1.0)
    for second in range(2, 100):
        pace.note(1000 + second, float(second))
    assert pace.seconds_for(10) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (9.6, "0:10"), (83, "1:23"), (3723, "1:02:03")]
)
def test_a_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
