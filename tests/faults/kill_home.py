"""Fixture: a desk with forty reviews, two models, and a provider that takes its time.

A test module that uses it says `pytest_plugins = ("kill_home",)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kill_desk import KillDesk


@pytest.fixture
def kill_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KillDesk]:
    """The desk, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with KillDesk.at_work(tmp_path) as desk:
        yield desk
