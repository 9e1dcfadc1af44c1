"""Ctrl-C, kill -9 and a provider that bills too much: no answer is lost, none is bought twice."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from stepladder.testing import FakeProvider, Fault

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

CANDIDATES = 30
CALLS = 2 * CANDIDATES
"""Both models are asked about every candidate."""
NEWCOMERS = 300
AT_ONCE = 8
"""Requests in flight at most, by the policy."""


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(labels=["good", "bad"], latency=0.15) as provider:
        yield provider


@pytest.fixture
def served(desk: Desk, provider: FakeProvider) -> Desk:
    desk.use(provider.base_url)
    desk.write_reviews(CANDIDATES)
    return desk


def until(provider: FakeProvider, requests: int) -> None:
    """Wait until so many requests came in."""
    deadline = time.monotonic() + 20
    while provider.stats().requests < requests:
        assert time.monotonic() < deadline, "nothing was asked"
        time.sleep(0.02)


def stopped(desk: Desk, provider: FakeProvider, number: signal.Signals) -> subprocess.Popen[str]:
    """A run that got a signal in the middle, ended."""
    process = desk.spawn("label", *desk.files())
    until(provider, 12)
    process.send_signal(number)
    process.wait(20)
    return process


def bought(desk: Desk) -> list[tuple[str, str]]:
    return desk.ledger("select candidate, annotator from vote order by candidate, annotator")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_calls_finish_and_the_same_command_goes_on(
    served: Desk, provider: FakeProvider, number: signal.Signals
) -> None:
    process = stopped(served, provider, number)
    out, err = process.communicate()
    assert process.returncode == 128 + number
    assert "calls finish" in err
    assert "stepladder label reviews.csv --task task.toml --policy policy.toml" in out
    # Every call that was sent came back, and is paid and kept.
    asked = provider.stats().requests
    assert asked < CALLS
    assert len(bought(served)) == asked
    assert served.ledger("select distinct outcome from settlement") == [("answered",)]

    again = served.label()
    assert again.code == 0
    assert provider.stats().requests == CALLS
    assert len(set(bought(served))) == len(bought(served)) == CALLS
    assert len(served.rows()) == CANDIDATES


def test_after_kill_no_answer_is_lost_or_bought_again(served: Desk, provider: FakeProvider) -> None:
    process = stopped(served, provider, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    kept = bought(served)

    again = served.label("--json")
    assert again.code == 0
    unknown = served.ledger("select count(*) from settlement where outcome = 'unknown'")[0][0]
    assert 0 < unknown <= AT_ONCE
    assert set(kept) <= set(bought(served))
    assert len(set(bought(served))) == len(bought(served)) == CALLS
    assert CALLS <= provider.stats().requests <= CALLS + unknown
    # What nobody knows counts at its quote.
    assert served.ledger(
        "select count(*) from settlement join attempt on attempt.id = settlement.attempt"
        " where outcome = 'unknown' and cost_pico <> quote_pico"
    ) == [(0,)]
    assert served.ledger("select sum(cost_pico) from settlement") == [
        (round(float(again.json["spend"]["usd"]) * 10**12),)
    ]


def test_a_killed_run_ends_like_one_that_was_left_alone(
    served: Desk, provider: FakeProvider
) -> None:
    stopped(served, provider, signal.SIGKILL).communicate()
    served.label()
    interrupted = served.text()
    served.label("--ledger", "sqlite:///fresh.db", "--out", "fresh.csv")
    assert served.text("fresh.csv") == interrupted


def test_interrupting_a_resumed_run_early_loses_no_row(
    served: Desk, provider: FakeProvider
) -> None:
    assert served.label().code == 0
    before = served.rows()
    # Newcomers after the first row: the run ends long before it comes to the old rows again.
    head, first, *rest = served.text("reviews.csv").splitlines()
    newcomers = [f"n{i},new {i}," for i in range(NEWCOMERS)]
    served.write("reviews.csv", "\n".join([head, first, *newcomers, *rest]) + "\n")
    process = served.spawn("label", *served.files())
    until(provider, CALLS + 12)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130

    after = served.rows()
    assert len(before) < len(after) < len(before) + NEWCOMERS
    assert {name: after.get(name) for name in before} == before
    order = [row.partition(",")[0] for row in (first, *newcomers, *rest)]
    assert list(after) == sorted(after, key=order.index)


def test_a_second_ctrl_c_ends_at_once(served: Desk) -> None:
    with FakeProvider(labels=["good", "bad"], latency=30) as provider:
        served.use(provider.base_url)
        process = served.spawn("label", *served.files())
        until(provider, 1)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=5)
    assert process.returncode == 130
    assert "Ended at once" in err
    assert "Traceback" not in err


def test_one_run_at_a_time(served: Desk, provider: FakeProvider) -> None:
    first = served.spawn("label", *served.files())
    until(provider, 1)
    second = served.label()
    assert second.code == 2
    assert "is being worked on by another process" in second.errors[0]
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=20)
    assert first.returncode == 130


def test_a_provider_that_bills_beyond_its_quote_halts_the_run(desk: Desk) -> None:
    desk.write_reviews(CANDIDATES)
    with FakeProvider(labels=["good", "bad"], faults={Fault.USAGE_ABSURD: 1}) as provider:
        desk.use(provider.base_url)
        done = desk.label("--json")
        assert provider.stats().requests <= AT_ONCE
    assert done.code == 3
    assert "more than its quote" in done.errors[0]
    assert done.json["halted"] == done.errors[0]


def test_a_dead_provider_fails_candidates_for_nothing(desk: Desk) -> None:
    desk.write_reviews(3)
    desk.use("http://127.0.0.1:9/v1")
    done = desk.label("--json")
    assert done.code == 0
    assert done.json["statuses"]["failed"] == 3
    assert done.json["spend"]["total"] == "0.00"
    assert "http://127.0.0.1:9/v1 cannot be reached" in done.err


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("", None),
        ("I would say that it is rather good", None),
        ("gut", None),
        ("Good.", "good"),
        ("**bad**", "bad"),
    ],
)
def test_what_a_model_may_answer(desk: Desk, said: str, label: str | None) -> None:
    desk.write_reviews(1)
    with FakeProvider(labels=["good", "bad"], script={"review 0": said}) as provider:
        desk.use(provider.base_url)
        done = desk.label("--json")
    assert done.code == 0
    assert desk.rows()["r0"]["label"] == (label or "")
    assert done.json["statuses"]["labelled"] == (1 if label else 0)
    assert done.json["statuses"]["failed"] == (0 if label else 1)
