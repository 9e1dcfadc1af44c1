"""A short name for exactly this content."""

from __future__ import annotations

import json
from hashlib import sha256


def digest(*parts: object) -> str:
    """Hexadecimal SHA-256 of the parts as JSON; they stay apart: ('ab', 'c') is not ('a', 'bc')."""
    return sha256(_written(parts)).hexdigest()


class DigestOf:
    """Digests that begin with the same parts, which are read once."""

    def __init__(self, *first: object) -> None:
        self._begun = sha256(_written(first))

    def followed_by(self, *rest: object) -> str:
        """The digest of the first parts and the rest; not the same as `digest` of them all."""
        begun = self._begun.copy()
        begun.update(_written(rest))
        return begun.hexdigest()


def _written(parts: tuple[object, ...]) -> bytes:
    # Not orjson: it refuses lone surrogates, which a user's rows may hold.
    return _ENCODER.encode(parts).encode("ascii")


_ENCODER = json.JSONEncoder(sort_keys=True)
