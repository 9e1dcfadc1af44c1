"""A ledger's URL, taken apart."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from stepladder.errors import LedgerError
from stepladder.ledger.mask import masked

FILES = frozenset({"sqlite", "sqlite+pysqlite"})
"""The drivers that the URL of a ledger in a file may name."""


def address(url: str) -> URL:
    """The URL's parts; raises LedgerError when it has none."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise LedgerError(
            f"{masked(url)}: not a ledger URL; write sqlite:///FILE.db with three slashes, "
            "or postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from None


def sqlite_path(url: str) -> Path:
    """The file behind a SQLite URL; raises LedgerError for anything else."""
    parsed = address(url)
    if parsed.get_backend_name() == "postgresql":
        raise LedgerError(f"{masked(url)}: only sqlite:///FILE.db ledgers are files")
    if parsed.drivername not in FILES:
        raise LedgerError(
            f"{masked(url)}: no ledger can be kept there; write sqlite:///FILE.db, "
            "or postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    if parsed.host:
        raise LedgerError(f"{url}: write sqlite:///FILE.db with three slashes")
    if not parsed.database or parsed.database.startswith((":memory:", "file:")):
        raise LedgerError(f"{url}: a ledger needs a file, so that nothing paid for is lost")
    # Even an empty query would be cut off the name of the file.
    if "?" in url:
        raise LedgerError(f"{url}: a ledger takes no settings; write sqlite:///FILE.db without '?'")
    return Path(parsed.database)
