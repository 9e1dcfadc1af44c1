"""A folder with a task and hostile candidates, and the real command line at work in it."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from attack_cases import label_words
from command_line import Done, run_here

TASK = """\
name = "tone"
instructions = "Which tone does the review have?"
labels = ["positive", "negative", "mixed"]
text = "Review: {text}"
delimiters = true

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

[annotators.model]
kind = "openai"
model = "tiny"
base_url = "BASE_URL"
api_key_env = "KEY_FROM"
retries = 0
timeout = 10
patience = 0

[[tiers]]
name = "only"
ask = "model"
"""
PRICES = """\
schema = 1

[[price]]
model = "tiny"
from = 2020-01-01
source = "made up"
input = 1
output = 1
"""


@dataclass(frozen=True)
class AttackDesk:
    """The folder."""

    folder: Path

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def serve(self, base_url: str, key_from: str = "") -> None:
        """Write the policy: one model at this address, its key out of this variable."""
        policy = POLICY.replace("BASE_URL", base_url).replace("KEY_FROM", key_from)
        self.write("policy.toml", policy)

    def write_texts(self, texts: Sequence[str]) -> None:
        """Write the candidates, with ids from 1."""
        rows = [{"id": str(n), "text": text} for n, text in enumerate(texts, start=1)]
        self.write("texts.jsonl", "".join(json.dumps(row) + "\n" for row in rows))

    def run(self, *words: str) -> Done:
        """A command in this process."""
        return run_here(*words)

    def spawn(self, *words: str) -> Done:
        """A command in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "stepladder", *words],
            cwd=self.folder,
            capture_output=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def label(self, candidates: str = "texts.jsonl", *words: str) -> Done:
        """`stepladder label` in this process, with results in out.csv and ledger.db."""
        return self.run(*label_words(candidates), *words)

    def rows(self) -> list[dict[str, str]]:
        """The output."""
        with (self.folder / "out.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def ledger(self, query: str) -> list[Any]:
        """Rows of the ledger, read past our own code."""
        with closing(sqlite3.connect(self.folder / "ledger.db")) as connection:
            return connection.execute(query).fetchall()

    def everything_written(self) -> Mapping[str, bytes]:
        """All files in the folder, whatever they are."""
        return {str(p): p.read_bytes() for p in self.folder.rglob("*") if p.is_file()}


@pytest.fixture
def attacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AttackDesk:
    """One task, prices, and no policy yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    desk = AttackDesk(tmp_path)
    desk.write("task.toml", TASK)
    desk.write("prices.toml", PRICES)
    return desk
