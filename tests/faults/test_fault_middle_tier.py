"""Three tiers, and the middle one is down: skipped or waited for, as the policy says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fault_desk import CONCURRENCY, LABELS, Left, candidates, label, policy

from stepladder.policy import Policy
from stepladder.testing import FakeProvider, Fault, Outage
from stepladder.types import Status

COUNT = 40
ROUTE_PAST_IT = ("cheap", "middle", "strong")
ROUTE_TO_IT = ("cheap", "middle")


class Three:
    """Providers of three tiers; the cheap one knows no answer, so that everybody climbs."""

    def __init__(self, stack: ExitStack) -> None:
        self.cheap = stack.enter_context(FakeProvider(LABELS, script={"text": "perhaps"}))
        self.middle = stack.enter_context(FakeProvider(LABELS))
        self.strong = stack.enter_context(FakeProvider(LABELS))

    def policy(self, **middle: Any) -> Policy:
        common = {"retries": 2, "timeout": 10}
        return policy(
            {"model": "cheap", "base_url": self.cheap.base_url, **common},
            {"model": "middle", "base_url": self.middle.base_url, **common, **middle},
            {"model": "strong", "base_url": self.strong.base_url, **common},
        )


@pytest.fixture(scope="module")
def started() -> Iterator[Three]:
    with ExitStack() as stack:
        yield Three(stack)


@pytest.fixture
def three(started: Three) -> Three:
    started.cheap.start_over()
    started.strong.start_over()
    return started


def ends(left: Left) -> set[tuple[Status, tuple[str, ...]]]:
    """How the candidates were decided, and by which route."""
    return {(one.status, tuple(one.route)) for one in left.decisions.values()}


def test_skip_sends_everybody_on_once_the_circuit_is_open(three: Three, tmp_path: Path) -> None:
    three.middle.start_over(faults={Fault.UNAVAILABLE: 1.0}, retry_after=None, outage=None)
    left = label(three.policy(when_down="skip"), tmp_path, candidates(COUNT))
    assert ends(left) == {(Status.LABELLED, ROUTE_PAST_IT)}
    assert len(left.decisions) == COUNT
    # Eight failures open it; six are in flight; a probe a second, then rarer.
    assert three.middle.stats().requests <= 8 + 6 + 3
    assert three.strong.stats().answered == COUNT
    assert left.seconds <= 8
    assert left.open_attempts == 0


def test_wait_waits_an_outage_out_and_nobody_goes_past_it(three: Three, tmp_path: Path) -> None:
    three.middle.start_over(faults={}, outage=Outage(after=0.0, seconds=3.0))
    left = label(three.policy(when_down="wait"), tmp_path, candidates(COUNT))
    assert ends(left) == {(Status.LABELLED, ROUTE_TO_IT)}
    assert len(left.decisions) == COUNT
    assert three.strong.stats().requests == 0
    assert 3.0 <= left.seconds <= 15
    assert left.open_attempts == 0


def test_wait_skips_it_when_the_patience_is_over(three: Three, tmp_path: Path) -> None:
    three.middle.start_over(faults={Fault.BAD_GATEWAY: 1.0}, outage=None)
    left = label(three.policy(when_down="wait", patience=2), tmp_path, candidates(COUNT))
    assert ends(left) == {(Status.LABELLED, ROUTE_PAST_IT)}
    assert three.strong.stats().answered == COUNT
    assert 2.0 <= left.seconds <= 2 + 8
    # Probes after 1 and 2 more seconds beside those that were in flight while it closed.
    assert three.middle.stats().requests <= 8 + 6 + 6 + 4


def test_a_provider_where_nobody_listens_is_skipped_too(three: Three, tmp_path: Path) -> None:
    three.middle.start_over(faults={}, outage=Outage(after=0.0, seconds=60.0, fault=None))
    left = label(three.policy(when_down="skip"), tmp_path, candidates(COUNT))
    assert len(left.decisions) == COUNT
    assert left.statuses == {Status.LABELLED: COUNT}
    # The outage begins with the first request: those sent with it may still be answered.
    past_it = [one for one in left.decisions.values() if tuple(one.route) == ROUTE_PAST_IT]
    assert len(past_it) >= COUNT - CONCURRENCY
    assert left.seconds <= 10


def two_tiers(three: Three) -> Policy:
    """The strong tier last and down; the cheap one is never sure enough."""
    common = {"retries": 0, "timeout": 10}
    return policy(
        {"model": "cheap", "base_url": three.cheap.base_url, **common},
        {"model": "strong", "base_url": three.strong.base_url, **common, "patience": 0},
        tiers=[
            {"name": "cheap", "ask": "cheap", "accept": {"probability": Decimal("0.9999")}},
            {"name": "strong", "ask": "strong"},
        ],
    )


@pytest.mark.parametrize("undecided", [Status.FAILED, Status.ABSTAINED])
def test_those_whose_last_tier_was_down_are_asked_again_by_a_resumed_run(
    three: Three, tmp_path: Path, undecided: Status
) -> None:
    if undecided is Status.FAILED:
        three.cheap.start_over(script={"text": "perhaps"})
    else:
        three.cheap.start_over(script={})
    three.strong.start_over(faults={Fault.BAD_GATEWAY: 1.0})
    down = label(two_tiers(three), tmp_path, candidates(5))
    assert down.statuses == {undecided: 5}

    three.strong.start_over(faults={})
    up = label(two_tiers(three), tmp_path, candidates(5))
    assert up.statuses == {Status.LABELLED: 5}
    # What was answered before is not bought again.
    assert three.cheap.stats().requests == 5
    assert three.strong.stats().answered == 5
