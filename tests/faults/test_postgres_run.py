"""Whole runs on PostgreSQL: killed, cut off by a restart of the server, and sharing a budget."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kill_desk import CANDIDATES, TASK, KillDesk, ended
from ledger_server import Server

from stepladder.types import Usd

pytest_plugins = ("ledger_homes",)


class PostgresDesk(KillDesk):
    """A desk whose ledgers are databases, named by their URLs."""

    def ledger(self, query: str, name: str = "") -> list[Any]:
        """Rows of the ledger."""
        with psycopg.connect(name) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresDesk]:
    """The desk, in a folder of its own, with a provider that soon answers."""
    monkeypatch.chdir(tmp_path)
    with PostgresDesk.at_work(tmp_path) as desk:
        yield desk


def decided(desk: KillDesk, name: str = "reviews.labelled.csv") -> dict[str, tuple[str, ...]]:
    """What was decided about each candidate."""
    columns = ("status", "label", "probability", "route", "cost_usd")
    return {id_: tuple(row[name] for name in columns) for id_, row in desk.rows(name).items()}


def undisturbed(desk: KillDesk) -> dict[str, tuple[str, ...]]:
    """What a run decides that nobody disturbs; the provider forgets it."""
    desk.provider.start_over(latency=0)
    done = desk.label("--out", "undisturbed.csv")
    assert done.code == 0, done.err
    desk.provider.start_over(latency=0.06)
    return decided(desk, "undisturbed.csv")


def check_ended(desk: KillDesk, url: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert decided(desk) == expected
    assert len(expected) == CANDIDATES
    desk.check_nothing_was_lost(url)


def test_a_killed_run_is_resumed_and_buys_nothing_twice(desk: PostgresDesk, database: str) -> None:
    expected, url = undisturbed(desk), database.replace("postgresql:", "postgresql+psycopg:")
    process = desk.spawn("--ledger", url)
    desk.until(20)
    process.send_signal(signal.SIGKILL)
    assert ended(process).code == -signal.SIGKILL
    assert desk.ledger("SELECT count(*) > 0 FROM vote", database) == [(True,)]
    again = desk.label("--ledger", url)
    assert again.code == 0, again.err
    check_ended(desk, database, expected)
    lost = desk.ledger("SELECT count(*) FROM settlement WHERE outcome = 'unknown'", database)
    bought = sum(one.times for one in desk.provider.purchases())
    assert bought <= len(desk.provider.purchases()) + lost[0][0]


def test_a_run_goes_on_through_a_restart_of_the_server(
    desk: PostgresDesk, database: str, server: Server
) -> None:
    expected = undisturbed(desk)
    process = desk.spawn("--ledger", database)
    desk.until(12)
    server.restart()
    done = ended(process)
    assert done.code == 0, done.err
    check_ended(desk, database, expected)
    # Nothing had to be given up, or asked again.
    assert desk.ledger("SELECT DISTINCT outcome FROM settlement", database) == [("answered",)]
    assert {one.times for one in desk.provider.purchases()} == {1}


def test_two_processes_keep_to_the_budget_that_they_share(
    desk: PostgresDesk, database: str
) -> None:
    desk.provider.start_over(latency=0.01)
    # Both runs to their ends would cost 0.0049 USD.
    words = ("--ledger", database, "--shared-budget", "pot", "--budget", "0.004")
    for name in ("a", "b"):
        # Otherwise the one that comes later would reuse what the other has bought.
        (desk.folder / f"{name}.toml").write_text(TASK.replace("Is the", f"{name}: is the"))
    runs = [
        desk.spawn(*words, "--run", name, "--task", f"{name}.toml", "--out", f"{name}.csv")
        for name in ("a", "b")
    ]
    for process in runs:
        done = ended(process)
        assert done.code == 0, done.err
    statuses = Counter(
        row["status"] for name in ("a", "b") for row in desk.rows(f"{name}.csv").values()
    )
    assert set(statuses) == {"labelled", "over_budget"}
    assert statuses.total() == 2 * CANDIDATES
    slices = desk.ledger("SELECT usd_pico FROM lease ORDER BY at", database)
    drawn = list(accumulate(pico for (pico,) in slices))
    ((spent,),) = desk.ledger("SELECT sum(cost_pico) FROM settlement", database)
    assert 0 < max(drawn) <= Usd.of("0.004").pico
    assert drawn[-1] == spent == desk.bill
