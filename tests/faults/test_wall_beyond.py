"""A provider that bills beyond its quote is recorded, halts the run, and is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kill_desk import AT_ONCE

from stepladder.testing import Fault

if TYPE_CHECKING:
    from kill_desk import KillDesk

pytest_plugins = ("kill_home",)

BEYOND = """
    SELECT count(*) FROM settlement s JOIN attempt a ON a.id = s.attempt
    WHERE s.cost_pico > a.quote_pico"""


def test_a_bill_beyond_the_quote_is_recorded_and_halts_the_run(kill_desk: KillDesk) -> None:
    kill_desk.provider.start_over(faults={Fault.USAGE_ABSURD: 0.1})
    done = kill_desk.label()
    assert done.code == 3
    assert len(done.errors) == 1
    assert "more than its quote" in done.errors[0]
    assert "fake" in done.errors[0]

    # What was out when it came is settled too; nothing was sent after.
    (beyond,) = kill_desk.ledger(BEYOND)[0]
    assert 1 <= beyond <= 2 * AT_ONCE
    kill_desk.check_nothing_was_lost()
    spent = kill_desk.ledger("SELECT sum(cost_pico) FROM settlement")[0][0]
    assert spent == kill_desk.bill
    (sent,) = kill_desk.ledger("SELECT count(*) FROM settlement WHERE outcome <> 'refunded'")[0]
    assert kill_desk.provider.stats().requests == sent
