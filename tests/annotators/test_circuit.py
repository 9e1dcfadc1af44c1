"""The circuit breaker, state by state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.annotators.circuit import (
    CLOSED,
    Circuit,
    Closed,
    Open,
    Probing,
    failed,
    given_up,
)


def after_failures(count: int, *, at: float = 100.0) -> Circuit:
    circuit: Circuit = CLOSED
    for _ in range(count):
        circuit = failed(circuit, at, probe=False)
    return circuit


@pytest.mark.parametrize("count", range(8))
def test_seven_failures_leave_it_closed(count: int) -> None:
    assert after_failures(count) == Closed(count)


def test_the_eighth_opens_it_for_a_second() -> None:
    assert after_failures(8) == Open(since=100.0, probe_at=101.0, cool_down=1.0)


def test_those_asked_before_it_opened_change_nothing() -> None:
    assert after_failures(64) == after_failures(8)
    out = Probing(since=100.0, cool_down=4.0)
    assert failed(out, 110.0, probe=False) == out


def test_a_failed_probe_opens_it_for_twice_as_long_but_not_for_more_than_half_a_minute() -> None:
    cool_downs = []
    circuit = after_failures(8)
    for _ in range(7):
        assert isinstance(circuit, Open)
        probing = Probing(circuit.since, circuit.cool_down)
        circuit = failed(probing, circuit.probe_at, probe=True)
        assert isinstance(circuit, Open)
        cool_downs.append(circuit.cool_down)
    assert cool_downs == [2, 4, 8, 16, 30, 30, 30]
    # Open since the eighth failure, whatever was probed: patience runs from there.
    assert circuit == Open(since=100.0, probe_at=100 + 1 + 2 + 4 + 8 + 16 + 30 * 3, cool_down=30.0)


def test_whoever_comes_next_may_probe_when_a_probe_was_called_off() -> None:
    assert given_up(Probing(100.0, 4.0), 107.0) == Open(100.0, 107.0, 4.0)


@pytest.mark.parametrize("circuit", [CLOSED, Closed(3), Open(1.0, 2.0, 1.0)])
def test_calling_off_anything_else_changes_nothing(circuit: Circuit) -> None:
    assert given_up(circuit, 107.0) is circuit


@given(st.lists(st.sampled_from(["fails", "stale", "called off", "passes time"]), max_size=60))
def test_it_is_probed_again_within_half_a_minute_of_the_last_failure(events: list[str]) -> None:
    circuit, now = after_failures(8), 100.0
    for event in events:
        now += 1
        if isinstance(circuit, Open) and circuit.probe_at <= now:
            circuit = Probing(circuit.since, circuit.cool_down)
        if event == "called off":
            circuit = given_up(circuit, now)
        elif event != "passes time":
            probe = event == "fails" and isinstance(circuit, Probing)
            circuit = failed(circuit, now, probe=probe)
        match circuit:
            case Open(since, probe_at, cool_down):
                assert since == 100.0
                assert probe_at <= now + 30
                assert 1 <= cool_down <= 30
            case Probing(since):
                assert since == 100.0
            case Closed():
                pytest.fail("nobody was answered")


def test_it_opens_sooner_where_told_so() -> None:
    once = failed(CLOSED, 5.0, probe=False, opens_after=2)
    assert once == Closed(1)
    assert failed(once, 6.0, probe=False, opens_after=2) == Open(6.0, 7.0, 1.0)
