"""Every block of code in the README and docs runs, parses or names what exists."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from stepladder.policy import Policy
from stepladder.task import Task

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[object]:
    """Every block of a language, as pytest parameters named by page and number."""
    return [
        pytest.param(found[2], id=f"{page.name}-{number}")
        for page in PAGES
        for number, found in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8")))
        if found[1] == language
    ]


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", blocks("toml"))
def test_toml_blocks_are_what_they_claim_to_be(text: str) -> None:
    tables = tomllib.loads(text, parse_float=Decimal)
    if "tiers" in tables:
        Policy.model_validate(tables)
    if "labels" in tables:
        Task.model_validate(tables)


@pytest.mark.parametrize("text", blocks("console"))
def test_console_blocks_name_real_commands(text: str) -> None:
    joined = text.replace("\\\n", " ")
    commands = [line[2:] for line in joined.splitlines() if line.startswith("$ stepladder ")]
    for command in commands:
        words = shlex.split(command, comments=True)[1:]
        if words[0].startswith("-"):
            continue
        asked = [sys.executable, "-m", "stepladder", words[0], "--help"]
        shown = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
        assert shown.returncode == 0, command
        for option in (w.split("=")[0] for w in words[1:] if re.match(r"--[a-z]", w)):
            assert option in shown.stdout, f"{command}: no option {option}"
