from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from ledger_cases import RUN, opened, rows, url_of

from stepladder.errors import LedgerError, LedgerMismatchError
from stepladder.ledger import connect, open_ledger, runs
from stepladder.ledger.schema import SCHEMA_VERSION
from stepladder.types import Usd

NOBODY = 65534


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("reviews.db", "not a ledger URL; write sqlite:///FILE.db with three slashes"),
        ("", "not a ledger URL"),
        ("sqlite://reviews.db", "three slashes"),
        ("sqlite://folder/reviews.db", "three slashes"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:///file::memory:?uri=true", "needs a file"),
        ("mysql://localhost/reviews", "or postgresql://USER:PASSWORD@HOST/DATABASE"),
        ("postgresql+asyncpg://localhost/reviews", "without a driver"),
        ("sqlite+aiosqlite:///reviews.db", "write sqlite:///FILE.db"),
        ("sqlite:///reviews.db?timeout=abc", "without '?'"),
        ("sqlite:///reviews.db?mode=ro", "without '?'"),
        ("sqlite:///what?.db", "without '?'"),
    ],
)
def test_a_url_that_is_no_file_of_sqlite_is_refused_and_named(url: str, told: str) -> None:
    with pytest.raises(LedgerError, match="^" + url.replace("+", r"\+").replace("?", r"\?")) as e:
        connect(url)
    assert told in str(e.value)


def test_missing_folders_are_made(tmp_path: Path) -> None:
    opened(tmp_path / "runs" / "today").close()
    assert (tmp_path / "runs" / "today" / "run.db").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("a file")
    with pytest.raises(LedgerError, match=r"notes\.txt: cannot be made a folder"):
        opened(tmp_path / "notes.txt")


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "run.db").mkdir()
    with pytest.raises(LedgerError, match="cannot be used as a ledger: unable to open"):
        opened(tmp_path)


def test_looking_into_a_ledger_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no such ledger; give the --ledger"):
        connect(url_of(tmp_path / "typo"), must_exist=True)
    assert contents(tmp_path) == {}


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run.db").write_text("id,text\n1,so la la\n" * 200)
    before = contents(tmp_path)
    with pytest.raises(LedgerError, match="not a database"):
        opened(tmp_path)
    assert contents(tmp_path) == before


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "run.db")) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    before = contents(tmp_path)
    with pytest.raises(LedgerMismatchError, match=r"tables of something else \(customers\)"):
        opened(tmp_path)
    assert contents(tmp_path) == before


def test_a_ledger_of_a_newer_stepladder_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "run.db")) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
        connection.commit()
    with pytest.raises(LedgerMismatchError, match=r"newer stepladder \(schema 99"):
        opened(tmp_path)


@pytest.mark.parametrize(
    "half_made", ["", "CREATE TABLE schema_version (version INTEGER)", "CREATE TABLE t (x)"]
)
def test_a_first_start_cut_short_is_made_up_for(tmp_path: Path, half_made: str) -> None:
    """A file without tables, or with no more than the empty version, is a ledger to be."""
    with closing(sqlite3.connect(tmp_path / "run.db")) as connection:
        connection.execute(half_made)
        connection.execute("DROP TABLE IF EXISTS t")
    opened(tmp_path).close()
    assert len(rows(tmp_path, "SELECT * FROM run")) == 1


def test_several_first_starts_at_once_make_one_ledger(tmp_path: Path) -> None:
    gate, problems = threading.Barrier(6), list[Exception]()

    def start() -> None:
        gate.wait()
        try:
            connect(url_of(tmp_path)).dispose()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert rows(tmp_path, "SELECT version FROM schema_version") == [(SCHEMA_VERSION,)]


def test_another_task_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with pytest.raises(LedgerMismatchError, match="made by task 'sentiment', not 'stance'"):
        opened(tmp_path, task="stance")
    with pytest.raises(LedgerMismatchError, match="made by task 'sentiment'"):
        opened(tmp_path, task="stance", name="another run")


def test_other_labels_are_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with pytest.raises(LedgerMismatchError, match="made for labels good, bad; other labels"):
        opened(tmp_path, labels='["good","bad","mixed"]')


def test_a_refused_start_leaves_no_trace_and_no_lock(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with pytest.raises(LedgerMismatchError):
        opened(tmp_path, task="stance")
    opened(tmp_path).close()
    assert rows(tmp_path, "SELECT task FROM run") == [("sentiment",)] * 2


def test_a_changed_prompt_policy_or_budget_is_a_resume(tmp_path: Path) -> None:
    opened(tmp_path).close()
    opened(tmp_path, task_digest="t2", policy_digest="p2", budget=Usd(1), seed=3).close()
    engine = connect(url_of(tmp_path), must_exist=True)
    found = [(row["task_digest"], row["budget_pico"], row["seed"]) for row in runs(engine)]
    engine.dispose()
    assert found == [("t", 5 * 10**12, 0), ("t2", 1, 3)]


def test_a_number_beyond_the_file_format_is_one_line_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="too large"):
        opened(tmp_path, budget=Usd(10**20))
    opened(tmp_path).close()


@contextmanager
def without_privileges() -> Iterator[None]:
    """File permissions do not bind root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can read, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_a_ledger_that_may_not_be_written_is_refused(open_folder: Path) -> None:
    opened(open_folder).close()
    for path in open_folder.iterdir():
        path.chmod(0o444)
    open_folder.chmod(0o555)
    with without_privileges(), pytest.raises(LedgerError, match="cannot be"):
        open_ledger(url_of(open_folder), RUN)


def test_a_file_that_may_not_be_written_in_a_folder_that_may_is_refused(open_folder: Path) -> None:
    opened(open_folder).close()
    (open_folder / "run.db").chmod(0o444)
    for lock in open_folder.glob("*.lock"):
        lock.unlink()
    open_folder.chmod(0o777)
    with without_privileges(), pytest.raises(LedgerError, match=r"cannot be written.*readonly"):
        open_ledger(url_of(open_folder), RUN)


def test_a_new_ledger_in_a_folder_that_may_not_be_written_is_refused(open_folder: Path) -> None:
    with without_privileges():
        with pytest.raises(LedgerError, match="unable to open database file"):
            opened(open_folder)
        with pytest.raises(LedgerError, match=r"made a folder.*Permission denied"):
            opened(open_folder / "runs")


def test_a_lock_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with closing(opened(tmp_path)):
        (lock,) = tmp_path.glob("run.db.reviews-*.lock")
    lock.unlink(missing_ok=True)
    lock.mkdir()
    with pytest.raises(LedgerError, match=r"\.lock: cannot be locked"):
        opened(tmp_path)
