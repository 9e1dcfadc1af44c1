"""URLs without their passwords."""

from __future__ import annotations

import re

# To the last @: a password may hold one that its owner forgot to escape.
PASSWORD = re.compile(r"((?:^|//)[^:/@]*:(?!//)).*(?=@)|(?<=password=)[^&]*", re.DOTALL)


def masked(url: str) -> str:
    """The URL as it may be shown: three stars stand for a password."""
    return PASSWORD.sub(lambda found: f"{found[1] or ''}***", url)
