"""The injection suite, as the benchmark has it, and the command that meets it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
INJECTIONS: Sequence[Mapping[str, str]] = tomllib.loads(
    (ROOT / "benchmarks" / "injections.toml").read_text(encoding="utf-8")
)["injection"]
LABELS = ("positive", "negative", "mixed")


def label_words(candidates: str) -> tuple[str, ...]:
    """The command that labels these candidates."""
    files = ("--task", "task.toml", "--policy", "policy.toml", "--out", "out.csv")
    return ("label", candidates, *files, "--ledger", "sqlite:///ledger.db")
