"""What a recording may be written over: nothing, or another recording."""

from __future__ import annotations

from pathlib import Path

from stepladder.errors import TableError
from stepladder.tables import columns_of
from stepladder.tables.replacing import check_unread


def check_overwriting(out: Path, *kept: Path) -> None:
    """Raise TableError where the file is one of those to keep, or no recording."""
    check_unread(out, kept)
    if not out.exists() or not out.stat().st_size:
        return
    try:
        ours = {"id", "votes"} <= set(columns_of(out))
    except TableError:
        ours = False
    if not ours:
        raise TableError(f"{out}: exists and is no recording; name another file with --out")
