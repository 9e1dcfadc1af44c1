"""Two faults of the fake provider at once: decided, in time, paid for, settled."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from fault_desk import (
    ANSWERED_TOO_LATE,
    HALTING,
    LABELS,
    RETRY_AFTER,
    SLOWER,
    candidates,
    check_the_books,
    label,
    policy,
    untold,
    within,
)

from stepladder.testing import FakeProvider, Fault
from stepladder.types import Status

PAIRS = list(combinations(Fault, 2))
QUICK = [pair for pair in PAIRS if not set(pair) <= SLOWER]
"""Without those that refuse four fifths of the requests: the pace falls, and half a minute goes."""
PACED = 15.0
"""Seconds on top where two fifths are refused; four times that where four fifths are."""
SAMPLE = random.Random(3).sample(QUICK, 15)  # noqa: S311


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(LABELS) as started:
        yield started


def named(pair: tuple[Fault, Fault]) -> str:
    return "+".join(pair)


def check(pair: tuple[Fault, Fault], provider: FakeProvider, folder: Path, seed: int) -> None:
    """Two fifths of the requests meet either one; of different kinds, some meet both."""
    provider.start_over(faults=dict.fromkeys(pair, 0.4), retry_after=RETRY_AFTER, seed=seed)
    paced = PACED * len(SLOWER & set(pair)) ** 2
    limits = within(9, 2, hangs=bool(ANSWERED_TOO_LATE & set(pair)), paced=paced)
    one = {"model": "fake", "base_url": provider.base_url, **limits.policy_keys}
    if Fault.HUGE in pair:
        one["confidence"] = "none"
    items = candidates(limits.candidates)
    left = label(policy(one), folder, items, deadline=limits.deadline + 10)
    assert left.seconds <= limits.deadline
    assert left.requests <= limits.most_requests
    assert set(left.statuses) <= {Status.LABELLED, Status.FAILED}
    if left.halted is None:
        assert set(left.decisions) == {item.id for item in items}
    else:
        assert HALTING & set(pair)
    # A label is the provider's own word, not something a broken reply was taken for.
    assert {one.label for one in left.decisions.values()} <= {*LABELS, None}
    check_the_books(left, provider, told=not untold(set(pair)), exact=False)


@pytest.mark.parametrize("pair", SAMPLE, ids=named)
def test_some_pairs(pair: tuple[Fault, Fault], provider: FakeProvider, tmp_path: Path) -> None:
    check(pair, provider, tmp_path, seed=1)


@pytest.mark.nightly
@pytest.mark.parametrize("pair", PAIRS, ids=named)
def test_every_pair(pair: tuple[Fault, Fault], provider: FakeProvider, tmp_path: Path) -> None:
    check(pair, provider, tmp_path, seed=2)
