"""CSV and JSONL on their way to the disk: every record is a line, there at once."""

from __future__ import annotations

from collections.abc import Iterable
from io import FileIO
from pathlib import Path

from stepladder.tables.encoding import Encode
from stepladder.tables.key_hashes import KeyHashes
from stepladder.tables.line_index import LineIndex
from stepladder.tables.records import Keyed
from stepladder.tables.replacing import replacing


class LineOutput:
    """A file of lines. All methods may raise OSError."""

    def __init__(self, path: Path, header: bytes, encode: Encode) -> None:
        self._path = path
        self._header = header
        self._encode = encode
        self._file: FileIO | None = None
        self._index = LineIndex(len(header))

    @property
    def keys(self) -> KeyHashes:
        """Of all records, in their order."""
        return self._index.keys

    def begin(self) -> None:
        """An empty file, in a folder made if need be."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = FileIO(self._path, "w")
        self._index = LineIndex(len(self._header))
        try:
            self._put(self._header)
        except OSError:
            # Nobody else will: what was not begun is not ended either.
            self.close()
            raise

    def append(self, keyed: Keyed) -> None:
        """One more record."""
        line = self._encode(keyed.record)
        self._put(line)
        self._index.add(keyed.key, len(line))

    def _put(self, data: bytes) -> None:
        if self._file is None:
            raise ValueError("a DecisionWriter writes only inside its with block")
        # Unbuffered: nothing is left to be written, or to fail, at the end.
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def replace(self, records: Iterable[Keyed]) -> None:
        """These records in place of all."""
        index = LineIndex(len(self._header))

        def lines() -> Iterable[bytes]:
            yield self._header
            for keyed in records:
                line = self._encode(keyed.record)
                index.add(keyed.key, len(line))
                yield line

        self._put_in_place(lines())
        self._index = index

    def put_in_order(self, wanted: KeyHashes) -> None:
        """The same lines in this order."""
        order = self._index.order_by(wanted)
        if order is None:
            return

        def lines() -> Iterable[bytes]:
            yield self._header
            with self._path.open("rb") as file:
                yield from self._index.copied(file, order)

        self._put_in_place(lines())
        self._index = self._index.reordered(order)

    def _put_in_place(self, lines: Iterable[bytes]) -> None:
        try:
            with replacing(self._path) as file:
                file.writelines(lines)
                # Some systems do not replace a file that is open.
                self.close()
        finally:
            self._file = self._file or FileIO(self._path, "a")

    def finish(self) -> None:
        """Nothing is left to be done."""

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
