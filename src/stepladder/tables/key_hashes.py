"""Keys of candidates at eight bytes each: which come twice, which are known, in what order."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from stepladder.types import CandidateKey

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]


class KeyHashes:
    """Keys in the order they came, each as the 64 bits that Python hashes it to.

    Eight bytes a key, so that a million of them take 8 MB rather than 150. In one of some 37
    million files of a million keys two different keys share a hash: whoever asks has to bear
    it, or to look at the keys themselves. Good for this process only: another hashes otherwise.
    """

    def __init__(self, keys: Iterable[CandidateKey] = ()) -> None:
        self._hashes = array("q", map(hash, keys))

    def add(self, key: CandidateKey) -> None:
        """One more, at the end."""
        self._hashes.append(hash(key))

    def __len__(self) -> int:
        return len(self._hashes)

    def repeated(self) -> frozenset[int]:
        """The hashes that came more than once."""
        ranked = self._sorted()
        return frozenset(ranked[1:][ranked[1:] == ranked[:-1]].tolist())

    def known(self) -> KnownKeys:
        """The keys as a set, frozen as it is now."""
        return KnownKeys(self._sorted())

    def order_by(self, wanted: KeyHashes) -> Integers:
        """The positions of these keys, put in the order of `wanted`.

        Those that are not wanted come last, as they came. Keys that share a hash stand
        together, in the order they came.
        """
        import numpy as np

        target = np.array(wanted._hashes, dtype=np.int64)
        ranks = np.argsort(target, kind="stable")
        mine = np.array(self._hashes, dtype=np.int64)
        at = np.searchsorted(target, mine, sorter=ranks)
        found = at < len(target)
        found[found] = target[ranks[at[found]]] == mine[found]
        place = np.full(len(mine), len(target), dtype=np.int64)
        place[found] = ranks[at[found]]
        return np.argsort(place, kind="stable")

    def reordered(self, order: Integers) -> KeyHashes:
        """The same keys in this order, given by their positions."""
        import numpy as np

        other = KeyHashes()
        other._hashes = array("q", np.array(self._hashes, dtype=np.int64)[order].tobytes())
        return other

    def _sorted(self) -> Integers:
        import numpy as np

        return np.sort(np.array(self._hashes, dtype=np.int64))


class KnownKeys:
    """A set of keys, made by `KeyHashes.known`."""

    def __init__(self, ranked: Integers) -> None:
        self._ranked = ranked

    def __bool__(self) -> bool:
        return len(self._ranked) > 0

    def among(self, keys: Sequence[CandidateKey]) -> list[bool]:
        """Which of these keys are in the set; many at once, which is ten times as fast."""
        import numpy as np

        if not self:
            return [False] * len(keys)
        hashes = np.fromiter(map(hash, keys), np.int64, len(keys))
        at = np.searchsorted(self._ranked, hashes)
        at[at == len(self._ranked)] = 0
        found: list[bool] = (self._ranked[at] == hashes).tolist()
        return found
