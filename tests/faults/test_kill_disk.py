"""A full disk, a folder that cannot be written: one line, nothing sent after, nothing lost."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kill_desk import CANDIDATES, ended

if TYPE_CHECKING:
    from kill_desk import KillDesk

pytest_plugins = ("kill_home",)

LEDGER = "reviews.labelled.ledger.db"
ROOM = 300_000
"""Bytes that a file may have: a ledger's first few answers."""


def mount(*words: str) -> bool:
    """Whether a file system of its own could be put there; only root can."""
    done = subprocess.run(["mount", *words], capture_output=True, check=False)  # noqa: S607
    return done.returncode == 0


def unmount(folder: Path) -> None:
    subprocess.run(["umount", os.fspath(folder)], capture_output=True, check=False)  # noqa: S607


def mounted(folder: Path, option: str) -> bool:
    """Whether there is a disk of this kind now."""
    folder.mkdir()
    return mount("-t", "tmpfs", "-o", option, "tmpfs", os.fspath(folder))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with little room."""
    folder = tmp_path / "small"
    if not mounted(folder, f"size={ROOM}"):
        pytest.skip("needs root, to mount a small disk")
    yield folder
    unmount(folder)


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


def check_halted_and_resumed(desk: KillDesk, ledger: str = LEDGER) -> None:
    """All that was sent is in the ledger; with room again, the rest is done."""
    asked = desk.provider.stats().requests
    (intents,) = desk.ledger("SELECT count(*) FROM attempt", ledger)[0]
    assert 0 < asked <= intents
    again = desk.label("--ledger", f"sqlite:///{ledger}")
    assert again.code == 0, again.err
    assert {row["status"] for row in desk.rows().values()} == {"labelled"}
    assert len(desk.rows()) == CANDIDATES
    desk.check_nothing_was_lost(ledger)


def test_a_ledger_that_cannot_grow_halts_the_run_and_loses_nothing(kill_desk: KillDesk) -> None:
    done = ended(kill_desk.spawn(first=limit_files))
    assert done.code == 3, done.err
    assert len(done.errors) == 1
    assert "the ledger cannot be written" in done.errors[0]
    assert "Traceback" not in done.err
    check_halted_and_resumed(kill_desk)


def test_a_full_disk_halts_the_run_and_loses_nothing(kill_desk: KillDesk, small_disk: Path) -> None:
    done = kill_desk.label("--ledger", "sqlite:///small/ledger.db")
    assert done.code == 3, done.err
    assert len(done.errors) == 1
    assert "free space" in done.errors[0]
    assert mount("-o", "remount,size=100m", os.fspath(small_disk))
    check_halted_and_resumed(kill_desk, "small/ledger.db")


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_bought(
    kill_desk: KillDesk, tmp_path: Path
) -> None:
    folder = tmp_path / "fixed"
    if os.geteuid() != 0:
        folder.mkdir(mode=0o500)
    elif not mounted(folder, "ro"):
        pytest.skip("root may write everywhere, and cannot mount here")
    try:
        for words in (("--ledger", "sqlite:///fixed/ledger.db"), ("--out", "fixed/out.csv")):
            done = kill_desk.label(*words)
            assert done.code == 2, (words, done.err)
            assert len(done.errors) == 1
            assert "Traceback" not in done.err
            assert kill_desk.provider.stats().requests == 0
    finally:
        unmount(folder)


def test_an_output_that_cannot_grow_halts_the_run_and_loses_nothing(
    kill_desk: KillDesk, tmp_path: Path
) -> None:
    (tmp_path / "full.csv").symlink_to("/dev/full")
    done = ended(kill_desk.spawn("--out", "full.csv", "--ledger", f"sqlite:///{LEDGER}"))
    assert done.code == 3, done.err
    assert len(done.errors) == 1
    assert "full.csv" in done.errors[0]
    assert "Traceback" not in done.err
    check_halted_and_resumed(kill_desk)
