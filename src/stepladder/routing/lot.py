"""A candidate's lot: a number that decides where candidates are exactly alike."""

from __future__ import annotations

from hashlib import sha256
from json import dumps

from stepladder.types import CandidateKey

BITS = 53
"""Of a float's fraction."""


def lot_of(key: CandidateKey) -> float:
    """From 0 up to 1, the same for the same id and question everywhere; as good as random."""
    digest = sha256(dumps([*key]).encode()).digest()
    return float((int.from_bytes(digest[:8], "big") >> (64 - BITS)) / 2**BITS)
