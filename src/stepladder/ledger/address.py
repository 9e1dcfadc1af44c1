"""A ledger's URL, taken apart."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from stepladder.errors import LedgerError
from stepladder.ledger.mask import masked


def address(url: str) -> URL:
    """The URL's parts; raises LedgerError when it has none."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise LedgerError(
            f"{masked(url)}: not a ledger URL; write sqlite:///FILE.db with three slashes, "
            "or postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from None
