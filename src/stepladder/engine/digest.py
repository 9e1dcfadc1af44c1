"""A short name for exactly this content."""

from __future__ import annotations

from hashlib import sha256

import orjson


def digest(content: object) -> str:
    """The first 32 hex digits of the SHA-256 of the content as canonical JSON."""
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
