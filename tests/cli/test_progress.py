"""What is seen while a run goes on: the bar in a terminal, and the file filling up."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from stepladder.cli.board import Board
from stepladder.cli.in_flight import Calls, counted
from stepladder.cli.reading import read_setup
from stepladder.engine import Run, RunOptions
from stepladder.engine.checks import Wanted
from stepladder.task.candidates_file import CandidatesFile
from stepladder.testing import FakeProvider

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)


@pytest.fixture
def slow(desk: Desk) -> Iterator[Desk]:
    """Twelve candidates, two requests each, four at a time, at 0.3 seconds."""
    desk.write_reviews(12)
    with FakeProvider(labels=["good", "bad"], latency=0.3) as provider:
        desk.use(provider.base_url)
        yield desk


def test_rows_are_in_the_file_as_soon_as_they_are_decided(slow: Desk) -> None:
    process = slow.spawn("label", *slow.files())
    out = slow.folder / "reviews.labelled.csv"
    seen = set()
    while process.poll() is None:
        if out.exists():
            seen.add(len(out.read_text().splitlines()))
        time.sleep(0.02)
    process.communicate()
    assert len(seen - {0, 1, 13}) >= 1
    assert len(slow.rows()) == 12


def test_a_terminal_shows_a_bar_with_money_and_time(slow: Desk) -> None:
    reader, writer = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "stepladder", "label", *slow.files()],
        cwd=slow.folder,
        stdout=subprocess.DEVNULL,
        stderr=writer,
        env={**os.environ, "COLUMNS": "120", "TERM": "xterm"},
    )
    os.close(writer)
    shown = _read_all(reader)
    assert process.wait() == 0
    assert "of 12 done" in shown
    assert "accepted: small" in shown
    assert re.search(r"spent 0\.\d+ USD, [01]\.\d+ left", shown)
    assert re.search(r"\d:\d\d left", shown)


def _read_all(descriptor: int) -> str:
    """Everything until the other end of a terminal is closed."""
    chunks = []
    try:
        while chunk := os.read(descriptor, 4096):
            chunks.append(chunk)
    except OSError:
        # How Linux says that the other end is closed.
        pass
    finally:
        os.close(descriptor)
    return b"".join(chunks).decode()


def test_a_line_says_it_all_where_there_is_no_terminal(desk: Desk) -> None:
    setup = read_setup(Wanted(desk.folder / "task.toml", desk.folder / "policy.toml"))
    calls = Calls()
    candidates = CandidatesFile(desk.folder / "reviews.csv", setup.task)
    run = Run(counted(setup, calls), candidates, RunOptions("sqlite:///x.db"))
    board = Board(run, calls, calibration_calls=0)
    assert board.line().startswith(
        "calibrating: 0 of 0 answers; accepted: weak 0, person 0; spent 0.00"
    )

    async def all_of_it() -> None:
        async for _ in run.decisions():
            pass

    asyncio.run(all_of_it())
    assert board.line() == (
        "4 of 4 done; accepted: weak 3, person 1; spent 0.04 USD, 0.96 left, "
        "wages 0.08 USD, 9.92 left; time left unknown"
    )
    # Four answers of the machine and one of the person.
    assert (calls.under_way, calls.back) == (0, 5)
