"""Kinds of columns that the ledger's tables share."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, DateTime, Integer

# INTEGER is what SQLite needs to order the table by it, without a second tree.
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def now() -> datetime:
    """This instant in UTC, as the tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


def instant() -> Column[datetime]:
    """A moment in UTC."""
    return Column(DateTime, nullable=False)


def pico() -> Column[int]:
    """Money, in pico-USD."""
    return Column(BigInteger, nullable=False)


def number() -> Column[int]:
    """What the rows of a table are numbered by."""
    return Column(NUMBER, primary_key=True, autoincrement=False)


def seed() -> Column[int]:
    """What random numbers are made of: 64 bits."""
    return Column(BigInteger, nullable=False)
