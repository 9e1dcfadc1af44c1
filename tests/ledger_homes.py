"""Fixtures: a place for ledgers, which is a folder for SQLite, or a database of PostgreSQL.

A test module that uses them says `pytest_plugins = ("ledger_homes",)`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from ledger_server import Server

NUMBERS = count()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL of our own, started when a test first asks for it."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder, pytest.MonkeyPatch.context() as patch:
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", os.fspath(runtime))
        running = Server(Path(folder))
        yield running
        running.stop()


@pytest.fixture
def database(server: Server) -> str:
    """The URL of an empty database."""
    name = f"ledger_{next(NUMBERS)}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.url(name)


@pytest.fixture(params=["sqlite", "postgres"])
def home(request: pytest.FixtureRequest) -> Path | str:
    """A place for ledgers, of each kind in turn."""
    found: Path | str
    if request.param == "sqlite":
        found = request.getfixturevalue("tmp_path")
    else:
        found = request.getfixturevalue("database")
    return found
