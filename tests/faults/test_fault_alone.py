"""Each fault of the fake provider, met by every request or by some: who is decided, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fault_desk import (
    ANSWERED_TOO_LATE,
    HALTING,
    LABELLED,
    LABELS,
    RETRY_AFTER,
    SLOWER,
    UNTOLD,
    Left,
    Limits,
    candidates,
    check_the_books,
    label,
    policy,
    within,
)

from stepladder.errors import CredentialsError, OverrunError
from stepladder.testing import FakeProvider, Fault
from stepladder.testing.faults import Kind
from stepladder.types import Status

HALTED_BY = {
    Fault.NO_CREDIT: CredentialsError,
    Fault.UNAUTHORIZED: CredentialsError,
    Fault.USAGE_ABSURD: OverrunError,
}
ENDS = {
    Fault.RATE_LIMITED: Status.FAILED,
    Fault.FAILING: Status.FAILED,
    Fault.BAD_GATEWAY: Status.FAILED,
    Fault.UNAVAILABLE: Status.FAILED,
    Fault.GATEWAY_TIMEOUT: Status.FAILED,
    Fault.OVERLOADED: Status.FAILED,
    Fault.RESET: Status.FAILED,
    Fault.RESET_AFTER_WORK: Status.FAILED,
    Fault.HANGING: Status.FAILED,
    Fault.HANGING_MIDWAY: Status.FAILED,
    Fault.TRUNCATED: Status.FAILED,
    Fault.MALFORMED: Status.FAILED,
    Fault.WRONG_SHAPE: Status.FAILED,
    Fault.HTML: Status.FAILED,
    Fault.GZIP_BOMB: Status.FAILED,
    Fault.USAGE_MISSING: Status.LABELLED,
    Fault.USAGE_ZERO: Status.LABELLED,
    Fault.USAGE_NEGATIVE: Status.LABELLED,
    Fault.USAGE_UNDERFLOW: Status.LABELLED,
    Fault.USAGE_MISTYPED: Status.LABELLED,
    Fault.USAGE_HIDDEN: Status.LABELLED,
    Fault.REFUSAL: Status.FAILED,
    Fault.REFUSAL_IN_WORDS: Status.FAILED,
    Fault.FILTERED: Status.FAILED,
    Fault.OFF_LIST: Status.FAILED,
    Fault.EMPTY: Status.FAILED,
    Fault.FOREIGN: Status.FAILED,
    Fault.LONG: Status.FAILED,
    Fault.HUGE: Status.FAILED,
}
"""What becomes of a candidate whose every attempt meets the fault, with nobody else to ask."""
ASKED_ONCE = frozenset(
    {
        Fault.REFUSAL,
        Fault.REFUSAL_IN_WORDS,
        Fault.FILTERED,
        Fault.OFF_LIST,
        Fault.EMPTY,
        Fault.FOREIGN,
        Fault.LONG,
        *LABELLED,
    }
)
"""There is an answer, if a useless one: it is not bought twice."""
BILLED_AS_SAID = frozenset(
    {
        Fault.RATE_LIMITED,
        Fault.FAILING,
        Fault.BAD_GATEWAY,
        Fault.UNAVAILABLE,
        Fault.OVERLOADED,
        *(ASKED_ONCE - LABELLED),
    }
)
"""Free, or with the usage: the ledger's spend is the provider's bill, to the last digit."""


SOME = frozenset(
    {
        Fault.RATE_LIMITED,
        Fault.BAD_GATEWAY,
        Fault.RESET,
        Fault.HANGING,
        Fault.MALFORMED,
        Fault.USAGE_MISSING,
        Fault.USAGE_UNDERFLOW,
        Fault.REFUSAL,
    }
)
"""One of each sort, for the quick suite."""


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(LABELS) as started:
        yield started


def ask(provider: FakeProvider, folder: Path, limits: Limits) -> Left:
    one = {"model": "fake", "base_url": provider.base_url, **limits.policy_keys}
    if Fault.HUGE in provider.behaviour.faults:
        # The provider would take seconds to write a probability for each of 10 million bytes.
        one["confidence"] = "none"
    left = label(policy(one), folder, candidates(limits.candidates))
    assert left.seconds <= limits.deadline
    assert left.requests <= limits.most_requests
    return left


def test_every_fault_has_its_end() -> None:
    assert set(ENDS) | set(HALTED_BY) == set(Fault)
    assert set(HALTED_BY) == HALTING


@pytest.mark.parametrize("fault", ENDS)
def test_every_request_meets_it(fault: Fault, provider: FakeProvider, tmp_path: Path) -> None:
    provider.start_over(faults={fault: 1.0}, retry_after=RETRY_AFTER, seed=1)
    limits = within(7, 1, hangs=fault in ANSWERED_TOO_LATE)
    left = ask(provider, tmp_path, limits)
    assert left.halted is None
    assert left.statuses == {ENDS[fault]: 7}
    if fault in ASKED_ONCE:
        assert left.requests == 7
    check_the_books(left, provider, told=fault not in UNTOLD, exact=fault in BILLED_AS_SAID)


@pytest.mark.parametrize("share", [1.0, 0.3])
@pytest.mark.parametrize("fault", HALTED_BY)
def test_it_halts_the_run(
    fault: Fault, share: float, provider: FakeProvider, tmp_path: Path
) -> None:
    provider.start_over(faults={fault: share}, retry_after=None, seed=1)
    left = ask(provider, tmp_path, within(20, 6, hangs=False))
    assert isinstance(left.halted, HALTED_BY[fault])
    # Whoever was in flight was decided; nobody new was asked.
    assert len(left.decisions) < 20
    check_the_books(left, provider, told=True, exact=True)


@pytest.mark.parametrize(
    "fault",
    [fault if fault in SOME else pytest.param(fault, marks=pytest.mark.slow) for fault in ENDS],
)
def test_some_requests_meet_it(fault: Fault, provider: FakeProvider, tmp_path: Path) -> None:
    provider.start_over(faults={fault: 0.3}, retry_after=RETRY_AFTER, seed=1)
    limits = within(20, 6, hangs=fault in ANSWERED_TOO_LATE)
    if fault in SLOWER:
        # On a busy machine half a second may pass without an answer, though two in three are.
        limits = replace(limits, patience=5.0)
    left = ask(provider, tmp_path, limits)
    met = provider.stats().faults.get(fault, 0)
    assert met > 0
    assert left.halted is None
    without_label = met if fault.kind is Kind.ANSWER and fault is not Fault.HUGE else 0
    expected = {Status.LABELLED: 20 - without_label, Status.FAILED: without_label}
    assert left.statuses == {status: n for status, n in expected.items() if n}
    check_the_books(left, provider, told=fault not in UNTOLD, exact=fault in BILLED_AS_SAID)
