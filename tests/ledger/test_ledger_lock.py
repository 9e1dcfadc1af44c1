from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from ledger_cases import RUN, opened, same_modules, url_of

from stepladder.errors import LedgerBusyError
from stepladder.ledger import open_ledger

HOLDER = """
import sys
from ledger_cases import opened
from pathlib import Path

ledger = opened(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the run open until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        env=same_modules(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def test_a_run_belongs_to_one_process_until_that_dies(tmp_path: Path) -> None:
    with another_process(tmp_path) as process:
        with pytest.raises(LedgerBusyError, match=r"run 'reviews' of sqlite:.* another process"):
            opened(tmp_path)
        opened(tmp_path, name="another run").close()
        process.kill()
        process.wait()
        opened(tmp_path).close()


def test_the_same_process_cannot_open_a_run_twice(tmp_path: Path) -> None:
    with closing(opened(tmp_path)), pytest.raises(LedgerBusyError):
        opened(tmp_path)
    opened(tmp_path).close()


def test_a_run_is_the_same_by_whatever_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "alias.db").symlink_to("run.db")
    monkeypatch.chdir(tmp_path)
    with closing(opened(tmp_path)):
        for url in ("sqlite:///run.db", url_of(tmp_path / "link"), url_of(tmp_path, "alias.db")):
            with pytest.raises(LedgerBusyError):
                open_ledger(url, RUN)


def test_names_that_look_alike_on_disk_are_different_runs(tmp_path: Path) -> None:
    with closing(opened(tmp_path, name="a/b")), closing(opened(tmp_path, name="a b")):
        assert {path.parent for path in tmp_path.rglob("*.lock")} == {tmp_path}


@pytest.mark.parametrize("name", ["", "x" * 500, "../../up", "naïve ☃", "a\nb"])
def test_any_name_can_be_locked(tmp_path: Path, name: str) -> None:
    with closing(opened(tmp_path / "in", name=name)), pytest.raises(LedgerBusyError):
        opened(tmp_path / "in", name=name)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_closing_twice_is_closing_once(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ledger.close()
    again = opened(tmp_path)
    ledger.close()
    with pytest.raises(LedgerBusyError):
        opened(tmp_path)
    again.close()
