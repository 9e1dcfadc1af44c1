"""Parquet on its way to the disk: the file is written as a whole now and then."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from os import SEEK_END
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from typing import IO

from stepladder.tables.encoding import json_line, write_parquet
from stepladder.tables.key_hashes import KeyHashes
from stepladder.tables.line_index import LineIndex
from stepladder.tables.parquet_rows import import_parquet
from stepladder.tables.records import Keyed
from stepladder.tables.replacing import replacing

PATIENCE = 10
"""Times as long as the last writing took before the next one: writing never fills the run."""


class ParquetOutput:
    """A Parquet file. Its records wait as lines in a nameless file, not in memory."""

    def __init__(self, path: Path, every: float) -> None:
        """`every` is the least time in seconds between two writings."""
        import_parquet()
        self._path = path
        self._every = every
        self._spool: IO[bytes] | None = None
        self._index = LineIndex(0)
        self._due = 0.0
        self._changed = True

    @property
    def keys(self) -> KeyHashes:
        """Of all records, in their order."""
        return self._index.keys

    def begin(self) -> None:
        """A file without rows, in a folder made if need be; may raise OSError as all others."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self.replace([])

    def append(self, keyed: Keyed) -> None:
        """One more record; it is in the file when it is written next."""
        if self._spool is None:
            raise ValueError("a DecisionWriter writes only inside its with block")
        line = json_line(keyed.record)
        self._spool.write(line)
        self._index.add(keyed.key, len(line))
        self._changed = True
        if monotonic() >= self._due:
            self.finish()

    def replace(self, records: Iterable[Keyed]) -> None:
        """These records in place of all."""
        index = LineIndex(0)

        def lines() -> Iterable[bytes]:
            for keyed in records:
                line = json_line(keyed.record)
                index.add(keyed.key, len(line))
                yield line

        self._put_in_place(lines())
        self._index = index

    def put_in_order(self, wanted: KeyHashes) -> None:
        """The same records in this order."""
        order = self._index.order_by(wanted)
        if order is not None and self._spool is not None:
            try:
                self._put_in_place(self._index.copied(self._spool, order))
            except BaseException:
                self._spool.seek(0, SEEK_END)
                raise
            self._index = self._index.reordered(order)

    def finish(self) -> None:
        """Write what is not in the file yet."""
        if self._changed and self._spool is not None:
            self._save(self._spool)

    def close(self) -> None:
        """Let go of the records."""
        if self._spool is not None:
            # What could not be written has been said by whoever wrote it.
            with suppress(OSError):
                self._spool.close()
            self._spool = None

    def _put_in_place(self, lines: Iterable[bytes]) -> None:
        # Beside the file, whose disk has room for it.
        spool: IO[bytes] = TemporaryFile(dir=self._path.parent)  # noqa: SIM115 - outlives this
        try:
            spool.writelines(lines)
            self._save(spool)
        except BaseException:
            with suppress(OSError):
                spool.close()
            raise
        self.close()
        self._spool = spool

    def _save(self, spool: IO[bytes]) -> None:
        started = monotonic()
        spool.seek(0)
        try:
            with replacing(self._path) as file:
                write_parquet(spool, file)
        finally:
            spool.seek(0, SEEK_END)
        self._changed = False
        took = monotonic() - started
        self._due = started + took + max(self._every, PATIENCE * took)
