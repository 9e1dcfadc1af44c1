"""Where each decision's line stands in a file: twelve bytes a line, not the line itself."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from stepladder.tables.key_hashes import KeyHashes
from stepladder.types import CandidateKey

if TYPE_CHECKING:
    from stepladder.tables.key_hashes import Integers

CHUNK = 2**20
"""Bytes copied at once."""
BLOCK = 2**16
"""Stretches of lines looked up at once."""


class LineIndex:
    """The lines of a file in their order, by key; its header is not among them."""

    def __init__(self, header: int) -> None:
        """`header` is how many bytes stand before the first line."""
        self.keys = KeyHashes()
        """Of all lines."""
        self._header = header
        self._lengths = array("I")

    def add(self, key: CandidateKey, length: int) -> None:
        """A line of so many bytes follows."""
        self.keys.add(key)
        self._lengths.append(length)

    def order_by(self, wanted: KeyHashes) -> Integers | None:
        """The lines' positions in the order of these keys; None when they stand so already."""
        order = self.keys.order_by(wanted)
        return None if (order[1:] > order[:-1]).all() else order

    def reordered(self, order: Integers) -> LineIndex:
        """The index of a file that has the lines in this order."""
        import numpy as np

        index = LineIndex(self._header)
        index.keys = self.keys.reordered(order)
        index._lengths = array("I", np.array(self._lengths, dtype=np.uint32)[order].tobytes())
        return index

    def copied(self, file: IO[bytes], order: Integers) -> Iterator[bytes]:
        """The file's lines in this order, those that stand together at once, in pieces."""
        import numpy as np

        lengths = np.array(self._lengths, dtype=np.int64)
        ends = lengths.cumsum() + self._header
        breaks = np.flatnonzero(np.diff(order) != 1) + 1
        first = order[np.concatenate(([0], breaks))]
        last = order[np.concatenate((breaks, [len(order)])) - 1]
        for block in range(0, len(first), BLOCK):
            some = slice(block, block + BLOCK)
            starts = (ends[first[some]] - lengths[first[some]]).tolist()
            for start, end in zip(starts, ends[last[some]].tolist(), strict=True):
                yield from _piece(file, start, end - start)


def _piece(file: IO[bytes], start: int, length: int) -> Iterator[bytes]:
    file.seek(start)
    while length:
        data = file.read(min(length, CHUNK))
        if not data:
            raise OSError(None, "was cut short by another program")
        length -= len(data)
        yield data
