"""One digest for all that decides an answer."""

from __future__ import annotations

import json
from hashlib import sha256


def digest(*parts: str) -> str:
    """Hexadecimal SHA-256 of the parts, which stay apart: ('ab', 'c') is not ('a', 'bc')."""
    # Not orjson: it refuses lone surrogates, which a user's rows may hold.
    return sha256(json.dumps(parts).encode("ascii")).hexdigest()
