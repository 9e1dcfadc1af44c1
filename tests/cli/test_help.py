"""The command line as a program: help, speed, version, pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    "init",
    "label",
    "gold",
    "calibrate",
    "estimate",
    "consistency",
    "try",
    "check",
    "explain",
    "prices",
)
PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def stepladder(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stepladder", *words], capture_output=True, text=True, check=False
    )


def test_help_names_every_command() -> None:
    done = stepladder("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_is_documented(command: str) -> None:
    done = stepladder(command, "--help")
    assert done.returncode == 0
    assert f"Usage: stepladder {command} " in done.stdout
    page = PAGE.read_text(encoding="utf-8")
    assert f"## `stepladder {command}" in page
    options = {word for word in done.stdout.split() if word.startswith("--")} - {"--help"}
    missing = {option for option in options if f"`{option.rstrip(',')}" not in page}
    assert missing == set()


@pytest.mark.parametrize("words", [["--help"], ["label", "--help"], ["gold", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "stepladder", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()
    }
    heavy = {"pydantic", "numpy", "sqlalchemy", "sqlmodel", "aiohttp", "orjson", "sklearn", "rich"}
    assert imported & heavy == set()


@pytest.mark.parametrize("words", [["--help"], ["label", "--help"], ["gold", "--help"]])
def test_help_is_quick(words: list[str]) -> None:
    # Processor time, which a busy machine stretches less than the time on the clock: under 0.2
    # seconds alone on a machine, and never as much as an import of pydantic more.
    assert min(_processor_seconds(words) for _ in range(5)) < 0.3


def _processor_seconds(words: list[str]) -> float:
    process = subprocess.Popen(
        [sys.executable, "-m", "stepladder", *words], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    return used.ru_utime + used.ru_stime


def test_version() -> None:
    from importlib.metadata import version

    assert stepladder("--version").stdout == f"{version('stepladder')}\n"


def test_an_unknown_command_or_option_is_named() -> None:
    assert "No such command 'lable'" in stepladder("lable").stderr
    done = stepladder("label", "--bugdet", "1")
    assert done.returncode == 2
    assert "--bugdet" in done.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "stepladder", "prices", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert said == b""
