"""The file of decisions of one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from stepladder.errors import TableError
from stepladder.tables import DecisionWriter, columns_of
from stepladder.tables.key_hashes import KnownKeys
from stepladder.tables.reading import format_of
from stepladder.tables.records import COLUMNS
from stepladder.tables.replacing import check_unread, is_one_of
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import Decision

MARK = ".labelled"
"""Put before the ending of the candidates' file to name the output."""
Earlier = Callable[[KnownKeys], Iterable[Decision]]
"""The decisions of earlier starts, but for those about candidates that were written already."""
SIDECARS = frozenset({"", "-wal", "-shm", "-journal"})
"""What SQLite puts after a database's name."""


def default_output(candidates: Path) -> Path:
    """reviews.csv to reviews.labelled.csv, beside it."""
    return candidates.with_name(f"{candidates.stem}{MARK}{candidates.suffix}")


def default_ledger(out: Path) -> str:
    """URL of the ledger beside an output file."""
    return f"sqlite:///{out.with_name(f'{out.stem}.ledger.db')}"


def ledger_for(candidates: Path, ledger: str | None) -> str:
    """URL of the ledger that was named, or of the one that `label` uses for these candidates."""
    return ledger or default_ledger(default_output(candidates))


def check_output(out: Path, ledger: Path | None, inputs: Iterable[Path]) -> None:
    """Raise TableError when writing the output would destroy something else.

    `ledger` is None where it is no file.
    """
    format_of(out)
    if ledger is not None and _is_of_ledger(out, ledger):
        raise TableError(f"{out}: belongs to the ledger {ledger}; name another --out or --ledger")
    check_unread(out, inputs)
    if not out.exists():
        return
    if out.stat().st_size and not _is_ours(out):
        raise TableError(f"{out}: exists and holds no decisions; name another --out or remove it")


def _is_of_ledger(out: Path, ledger: Path) -> bool:
    """Whether it is the ledger's file, or one that SQLite or a lock puts beside it."""
    if is_one_of(out, [ledger]):
        return True
    out, ledger = out.resolve(), ledger.resolve()
    if out.parent != ledger.parent or not out.name.startswith(ledger.name):
        return False
    rest = out.name.removeprefix(ledger.name)
    return rest in SIDECARS or (rest.startswith(".") and rest.endswith(".lock"))


def _is_ours(out: Path) -> bool:
    try:
        return set(columns_of(out)) >= set(COLUMNS)
    except TableError:
        # Begun, and not one row yet.
        return out.read_bytes()[:200].startswith(b"id,question,label")


class Output:
    """Decisions as they come; afterwards the same ones in the order of the candidates.

    The file is begun with the first decision: what an earlier start wrote stays
    when this one cannot begin.
    """

    def __init__(self, path: Path) -> None:
        self._writer = DecisionWriter(path)
        self._open = ExitStack()
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def write(self, decision: Decision) -> None:
        """Add a decision; raises TableError when the file cannot be written."""
        if not self._begun:
            self._open.enter_context(self._writer)
            self._begun = True
        self._writer.write(decision)

    def complete(self, candidates: CandidatesFile, earlier: Earlier) -> None:
        """Add earlier decisions about candidates that have none yet, and put all in order."""
        if self._begun:
            for decision in earlier(self._writer.written):
                self._writer.write(decision)
            self._writer.put_in_order(candidates.keys())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()
