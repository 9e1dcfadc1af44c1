"""SIGTERM, Ctrl-C twice, and a laptop that sleeps while its calls are out."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from kill_desk import AT_ONCE, CANDIDATES, ended

from stepladder.testing import Fault

if TYPE_CHECKING:
    from kill_desk import KillDesk

pytest_plugins = ("kill_home",)


def resume(desk: KillDesk) -> None:
    """The same command again ends, with a label for everybody."""
    again = desk.label()
    assert again.code == 0, again.err
    rows = desk.rows()
    assert len(rows) == CANDIDATES
    assert {row["status"] for row in rows.values()} == {"labelled"}
    desk.check_nothing_was_lost()


def test_sigterm_settles_what_is_out_and_does_not_wait_to_ask_again(kill_desk: KillDesk) -> None:
    kill_desk.provider.start_over(faults={Fault.RATE_LIMITED: 0.4}, retry_after=30)
    process = kill_desk.spawn()
    kill_desk.until(12)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    done = ended(process)
    assert time.monotonic() - began < 20
    assert done.code == 128 + signal.SIGTERM
    outcomes = kill_desk.ledger("SELECT DISTINCT outcome FROM settlement ORDER BY 1")
    assert outcomes == [("answered",), ("refunded",)]
    kill_desk.check_nothing_was_lost()
    kill_desk.provider.start_over(faults={}, retry_after=None)
    # Its books are new: what was bought before is not bought again.
    assert kill_desk.label().code == 0
    assert {one.times for one in kill_desk.provider.purchases()} == {1}
    assert len(kill_desk.rows()) == CANDIDATES


def test_what_a_second_ctrl_c_leaves_open_is_settled_at_its_quote(kill_desk: KillDesk) -> None:
    kill_desk.provider.start_over(latency=0.25)
    process = kill_desk.spawn()
    kill_desk.until(12)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert ended(process).code == 128 + signal.SIGINT
    resume(kill_desk)
    unknown = kill_desk.ledger(
        "SELECT cost_pico = quote_pico FROM settlement JOIN attempt ON id = attempt"
        " WHERE outcome = 'unknown'"
    )
    assert 1 <= len(unknown) <= 2 * AT_ONCE
    assert set(unknown) == {(1,)}


def test_a_laptop_that_sleeps_past_its_timeouts_goes_on(kill_desk: KillDesk) -> None:
    kill_desk.write(timeout=1.5)
    process = kill_desk.spawn()
    kill_desk.until(12)
    process.send_signal(signal.SIGSTOP)
    time.sleep(3)
    process.send_signal(signal.SIGCONT)
    done = ended(process)
    assert done.code == 0, done.err
    assert {row["status"] for row in kill_desk.rows().values()} == {"labelled"}
    kill_desk.check_nothing_was_lost()
