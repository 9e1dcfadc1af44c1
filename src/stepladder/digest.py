"""A short name for exactly this content."""

from __future__ import annotations

import json
from hashlib import sha256


def digest(*parts: object) -> str:
    """Hexadecimal SHA-256 of the parts as JSON; they stay apart: ('ab', 'c') is not ('a', 'bc')."""
    # Not orjson: it refuses lone surrogates, which a user's rows may hold.
    return sha256(json.dumps(parts, sort_keys=True).encode("ascii")).hexdigest()
