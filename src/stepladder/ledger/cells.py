"""What stands in single cells of the ledger's rows, and how it is read back.

Going in, a row is a tuple in the order of its table's columns, without its time: building
a dictionary per row would cost as much as writing it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson

from stepladder.errors import LedgerError
from stepladder.types import Usage

Values = tuple[Any, ...]
"""A row's values in the order of its table's columns, without its time."""


@contextmanager
def readable(table: str, row: Mapping[str, Any]) -> Iterator[None]:
    """Turns whatever is wrong with a row into a LedgerError that names its candidate."""
    try:
        yield
    except (ValueError, TypeError, AttributeError) as problem:
        raise LedgerError(
            f"the ledger's {table} about candidate {row['candidate']!r} cannot be read: {problem}; "
            "something else than stepladder wrote it, name another --ledger"
        ) from None


def usage_of(text: str) -> Usage:
    """Tokens by kind out of JSON; raises ValueError or TypeError for anything else."""
    return Usage(*map(whole, orjson.loads(text)))


def whole(number: Any) -> int:
    """The number itself, if it is a whole one; raises ValueError."""
    if type(number) is not int:
        raise ValueError(f"{str(number)[:80]!r} is no whole number")
    return number


def shares_of(text: str) -> dict[str, float]:
    """Numbers by label out of JSON; raises ValueError or TypeError for anything else."""
    return {label: float(share) for label, share in orjson.loads(text).items()}


def route_of(text: str) -> tuple[str, ...]:
    """Names of tiers out of JSON; raises ValueError or TypeError for anything else."""
    return tuple(map(str, orjson.loads(text)))


def storable(text: str) -> str:
    """The text with what a database cannot hold replaced by question marks.

    That is half characters, which UTF-8 has no bytes for, and the null character,
    which PostgreSQL refuses.
    """
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "?").encode(errors="replace").decode()


def usage_text(usage: Usage) -> str:
    """Tokens by kind as JSON."""
    # By hand: `astuple` copies deeply, at twenty times the price.
    return (
        f"[{usage.input},{usage.cached_input},{usage.cache_write},"
        f"{usage.output},{usage.reasoning},{usage.requests}]"
    )


def json_text(value: object) -> str:
    """The value as JSON."""
    return orjson.dumps(value).decode()
