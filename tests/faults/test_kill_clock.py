"""A clock that jumps changes neither what is asked nor what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kill_desk import CANDIDATES, PRICES, ended

if TYPE_CHECKING:
    from kill_desk import KillDesk

pytest_plugins = ("kill_home",)

PROGRAM = (str(Path(__file__).with_name("kill_clock.py")),)
DEARER = """
[[price]]
model = "fake"
from = {day}
source = "made up"
input = 170
output = 910
"""


def test_a_clock_that_jumps_changes_nothing(kill_desk: KillDesk) -> None:
    # The prices rise as soon as the clock is a day ahead.
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    prices = PRICES.replace("from = 2020-01-01", f"from = 2020-01-01\nuntil = {tomorrow}")
    kill_desk.write(prices=prices + DEARER.format(day=tomorrow))
    kill_desk.provider.start_over(latency=0.25)
    done = ended(kill_desk.spawn(program=PROGRAM))
    assert done.code == 0, done.err
    moments = [at for (at,) in kill_desk.ledger("SELECT at FROM attempt ORDER BY id")]
    assert moments != sorted(moments), "the clock did not jump back during the run"
    assert kill_desk.ledger("SELECT DISTINCT price FROM attempt") == [("fake of 2020-01-01",)]
    assert {row["status"] for row in kill_desk.rows().values()} == {"labelled"}
    kill_desk.check_nothing_was_lost()

    # Nor does it matter that what is in the ledger comes from tomorrow.
    asked = kill_desk.provider.stats().requests
    again = kill_desk.label()
    assert again.code == 0, again.err
    assert kill_desk.provider.stats().requests == asked
    assert len(kill_desk.rows()) == CANDIDATES
