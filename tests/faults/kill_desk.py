"""A folder with candidates, a provider that keeps its books, and the command line at work."""

from __future__ import annotations

import csv
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from command_line import Done, run_here

from stepladder.pricing import PriceBook
from stepladder.testing import FakeProvider

CANDIDATES = 40
AT_ONCE = 4
FILES = ("reviews.csv", "--task", "task.toml", "--policy", "policy.toml", "--quiet")
TASK = """\
name = "moods"
instructions = "Is the writer happy?"
labels = ["good", "bad"]
text = "Review: {text}"

[columns]
id = "id"
"""
POLICY = """\
name = "served"
prices = ["prices.toml"]

[budget]
usd = 1.00

[calibration]
rows = 0

[annotators.small]
kind = "openai"
model = "small"
base_url = "{base_url}"
api_key_env = ""
price = "fake"
concurrency = 4
retries = 3
timeout = {timeout}

[annotators.large]
kind = "openai"
model = "large"
base_url = "{base_url}"
api_key_env = ""
price = "fake"
concurrency = 4
retries = 3
timeout = {timeout}

[[tiers]]
name = "small"
ask = "small"
accept = {{ probability = 0.90 }}

[[tiers]]
name = "large"
ask = "large"
"""
PRICES = """\
schema = 1

[[price]]
model = "fake"
from = 2020-01-01
source = "made up"
input = 1.7
output = 9.1
"""


@dataclass(frozen=True)
class KillDesk:
    """The folder, and the provider that is asked."""

    folder: Path
    provider: FakeProvider

    @classmethod
    @contextmanager
    def at_work(cls, folder: Path) -> Iterator[Self]:
        """The desk with everything that a run needs, and a provider that takes its time."""
        with FakeProvider(["good", "bad"], seed=3, latency=0.06, keep_purchases=True) as provider:
            desk = cls(folder, provider)
            desk.write()
            yield desk

    def write(self, *, timeout: float = 30, prices: str = PRICES) -> None:
        """Put everything there that a run needs."""
        policy = POLICY.format(base_url=self.provider.base_url, timeout=timeout)
        rows = "".join(f"r{n},review {n} here\n" for n in range(CANDIDATES))
        files = {"task.toml": TASK, "policy.toml": policy, "prices.toml": prices}
        for name, text in {**files, "reviews.csv": f"id,text\n{rows}"}.items():
            (self.folder / name).write_text(text)

    def spawn(
        self,
        *words: str,
        program: Sequence[str] = ("-m", "stepladder"),
        first: Callable[[], None] | None = None,
    ) -> subprocess.Popen[str]:
        """`stepladder label`, in a process of its own; `first` is called in it."""
        return subprocess.Popen(
            [sys.executable, *program, "label", *FILES, *words],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=first,
        )

    def label(self, *words: str) -> Done:
        """The same in this process, whose current folder is the desk's, to its end."""
        return run_here("label", *FILES, *words)

    def until(self, requests: int) -> None:
        """Wait until so many requests came in."""
        deadline = time.monotonic() + 60
        while self.provider.stats().requests < requests:
            assert time.monotonic() < deadline, "nothing was asked"
            time.sleep(0.01)

    def rows(self, name: str = "reviews.labelled.csv") -> dict[str, dict[str, str]]:
        """The output by id."""
        with (self.folder / name).open(newline="") as file:
            return {row["id"]: row for row in csv.DictReader(file)}

    def ledger(self, query: str, name: str = "reviews.labelled.ledger.db") -> list[Any]:
        """Rows of the ledger."""
        with closing(sqlite3.connect(self.folder / name)) as connection:
            return connection.execute(query).fetchall()

    def check_nothing_was_lost(self, ledger: str = "reviews.labelled.ledger.db") -> None:
        """Every answer is there once, and everything charged for is in the ledger."""
        votes = Counter(self.ledger("SELECT candidate, annotator FROM vote", ledger))
        assert set(votes.values()) == {1}
        in_vain = "SELECT count(*) FROM settlement WHERE outcome IN ('unknown', 'failed')"
        bought = sum(one.times for one in self.provider.purchases())
        assert bought <= len(votes) + self.ledger(in_vain, ledger)[0][0]
        spent = self.ledger("SELECT sum(cost_pico) FROM settlement", ledger)[0][0]
        assert self.bill <= spent
        open_ones = "SELECT count(*) FROM attempt WHERE id NOT IN (SELECT attempt FROM settlement)"
        assert self.ledger(open_ones, ledger) == [(0,)]

    @property
    def bill(self) -> int:
        """All that the provider charged, in pico-USD."""
        price = PriceBook.load([self.folder / "prices.toml"]).price("fake", date(2021, 1, 1))
        return self.provider.bill().cost(price).pico


def ended(process: subprocess.Popen[str], patience: float = 90) -> Done:
    """The process's last words; it is killed when it does not end."""
    try:
        out, err = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(f"did not end: {out}{err}") from None
    return Done(process.returncode, out, err)
