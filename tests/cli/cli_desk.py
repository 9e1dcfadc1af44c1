"""A folder with a task, a policy and candidates, and the command line at work in it."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, run_here

TASK = """\
name = "moods"
instructions = "Is the writer happy?"
labels = ["good", "bad"]
text = "Review: {text}"

[columns]
id = "id"
gold = "gold"
"""
SCRIPTED = """\
name = "scripted"
prices = ["prices.toml"]

[budget]
usd = 1.00
wages = 10.00

[calibration]
rows = 0

[annotators.weak]
kind = "scripted"
price = "cent"
answers = { "3" = "perhaps", "*" = "good" }

[annotators.person]
kind = "human"
answers = "answers.csv"

[[tiers]]
name = "weak"
ask = "weak"

[[tiers]]
name = "person"
ask = "person"
"""
SERVED = """\
name = "served"

[budget]
usd = 1.00
wages = 10.00

[calibration]
rows = 0

[annotators.small]
kind = "openai"
model = "gpt-4o-mini"
base_url = "{base_url}"
api_key_env = ""
confidence = "none"
concurrency = 4
retries = 0

[annotators.large]
kind = "openai"
model = "gpt-4o"
base_url = "{base_url}"
api_key_env = ""
concurrency = 4
retries = 0

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
model = "cent"
from = 2020-01-01
source = "made up"
input = 0
output = 0
per_request = 0.01

[[price]]
model = "tiny"
from = 2020-01-01
source = "made up"
input = 1
output = 1
context = 4096
"""
ANSWERS = "id,label\n3,bad\n"
CANDIDATES = "id,text,gold\n1,Lovely.,good\n2,Fine.,good\n3,Meh.,bad\n4,Great.,\n"


@dataclass(frozen=True)
class Desk:
    """The current folder of a test."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def run(self, *words: str, typed: str = "") -> Done:
        """A command in this process, and what is typed."""
        return run_here(*words, typed=typed)

    def spawn(self, *words: str, typed: bool = False) -> subprocess.Popen[str]:
        """A command in a process of its own, to which something is typed or not."""
        return subprocess.Popen(
            [sys.executable, "-m", "stepladder", *words],
            cwd=self.folder,
            stdin=subprocess.PIPE if typed else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def label(self, *words: str, candidates: str = "reviews.csv") -> Done:
        return self.run("label", *self.files(candidates), *words)

    def files(self, candidates: str = "reviews.csv") -> tuple[str, ...]:
        return (candidates, "--task", "task.toml", "--policy", "policy.toml")

    def use(self, base_url: str) -> None:
        """Ask two models at this address, the second about everything: nobody is calibrated."""
        self.write("policy.toml", SERVED.format(base_url=base_url))

    def write_reviews(self, count: int, gold: Iterable[str] = ()) -> None:
        """A file of so many candidates; the first ones have gold."""
        truths = list(gold)
        rows = [f"r{i},review {i},{(truths[i : i + 1] or [''])[0]}\n" for i in range(count)]
        self.write("reviews.csv", "".join(["id,text,gold\n", *rows]))

    def rows(self, name: str = "reviews.labelled.csv") -> dict[str, dict[str, str]]:
        """The output by id."""
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return {row["id"]: row for row in csv.DictReader(file)}

    def text(self, name: str = "reviews.labelled.csv") -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def ledger(self, query: str, name: str = "reviews.labelled.ledger.db") -> list[Any]:
        """Rows of the ledger, read past our own code."""
        connection = sqlite3.connect(self.folder / name)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def spoil_ledger(self, change: str, name: str = "reviews.labelled.ledger.db") -> None:
        """Change the ledger as nobody should."""
        with closing(sqlite3.connect(self.folder / name)) as connection, connection:
            connection.execute(change)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Four reviews, a scripted annotator at a cent a request, and a person who answered one."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    desk = Desk(tmp_path)
    files = {
        "task.toml": TASK,
        "policy.toml": SCRIPTED,
        "prices.toml": PRICES,
        "answers.csv": ANSWERS,
        "reviews.csv": CANDIDATES,
    }
    for name, text in files.items():
        desk.write(name, text)
    return desk
