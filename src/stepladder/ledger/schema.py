"""The ledger's tables. Rows are only ever added: a later row of the same key supersedes.

Money is an integer of pico-USD, since SQLite would store a Decimal as a float. A row's
number is `start * 2**32 + counter`: it says which start of which run wrote it, so that a
run's rows are ranges of numbers, and a batch can be sent twice without doubling.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table
from sqlmodel import Field, SQLModel

SCHEMA_VERSION = 2
"""Raised by every migration in `migrations.py`."""
START_STRIDE = 2**32
"""Rows that one start of a run can number."""
# INTEGER is what SQLite needs to order the table by it, without a second tree.
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def now() -> datetime:
    """This instant in UTC, as the tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


def _instant() -> Column[datetime]:
    return Column(DateTime, nullable=False)


def _pico() -> Column[int]:
    return Column(BigInteger, nullable=False)


def _number() -> Column[int]:
    return Column(NUMBER, primary_key=True, autoincrement=False)


class RunRow(SQLModel, table=True):
    """One start of a run; the same name again is a resume."""

    __tablename__ = "run"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    """The run's name."""
    task: str
    """The task's name."""
    labels: str
    """The task's labels, JSON: another task's ledger is refused."""
    task_digest: str
    policy_digest: str
    policy: str
    """The whole policy, JSON."""
    seed: int
    budget_pico: int = Field(sa_column=_pico())
    wages_pico: int = Field(sa_column=_pico())
    version: str
    """stepladder's version."""
    shared: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The name of the budget that it shares with other runs; empty for its own."""
    at: datetime = Field(default_factory=now, sa_column=_instant())


class ReservationRow(SQLModel, table=True):
    """Money held for the worst case of one candidate's remaining route."""

    __tablename__ = "reservation"
    id: int = Field(sa_column=_number())
    candidate: str
    question: str
    usd_pico: int = Field(sa_column=_pico())
    wages_pico: int = Field(sa_column=_pico())
    at: datetime = Field(default_factory=now, sa_column=_instant())


class AttemptRow(SQLModel, table=True):
    """The intent to ask, durable before anything is sent."""

    __tablename__ = "attempt"
    id: int = Field(sa_column=_number())
    reservation: int = Field(sa_column=Column(BigInteger, nullable=False))
    candidate: str
    question: str
    annotator: str
    vote_key: str
    wage: bool
    """Whether it is paid from the wages' wall."""
    quote_pico: int = Field(sa_column=_pico())
    price: str
    """The price entry paid by, with its date: what the run keeps."""
    at: datetime = Field(default_factory=now, sa_column=_instant())


class SettlementRow(SQLModel, table=True):
    """What an attempt cost; `unknown` ones cost their quote."""

    __tablename__ = "settlement"
    attempt: int = Field(sa_column=_number())
    wage: bool
    outcome: str
    """answered, waiting, refunded, failed or unknown."""
    cost_pico: int = Field(sa_column=_pico())
    input: int = 0
    cached_input: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0
    seconds: float = 0.0
    detail: str = ""
    """The error, if there was one."""
    at: datetime = Field(default_factory=now, sa_column=_instant())


class VoteRow(SQLModel, table=True):
    """One annotator's answer; its key says what it may be reused for."""

    __tablename__ = "vote"
    id: int = Field(sa_column=_number())
    candidate: str
    question: str
    annotator: str
    key: str
    label: str | None
    reason: str | None
    """Why there is no label."""
    detail: str
    source: str
    confidence: str
    """Raw confidence by label, JSON."""
    usage: str
    """Tokens by kind of all its attempts, JSON."""
    cost_pico: int = Field(sa_column=_pico())
    model: str
    text: str
    variant: str
    sample: int
    seconds: float
    at: datetime = Field(default_factory=now, sa_column=_instant())

    __table_args__ = (Index("vote_of_candidate", "candidate", "question"),)


class FitRow(SQLModel, table=True):
    """What gold taught; a resumed run decides by the first fit of its key."""

    __tablename__ = "fit"
    id: int = Field(sa_column=_number())
    key: str = Field(index=True)
    body: str
    """The fit, JSON."""
    rows: str
    """The calibration candidates, JSON: no accuracy is reported on them."""
    at: datetime = Field(default_factory=now, sa_column=_instant())


class DecisionRow(SQLModel, table=True):
    """What was decided; the last row of a run, candidate and question counts."""

    __tablename__ = "decision"
    id: int = Field(sa_column=_number())
    candidate: str
    question: str
    basis: str
    """Digest of task, policy and fit; another basis decides anew."""
    status: str
    label: str | None
    probability: float | None
    posterior: str | None
    """Probability by label, JSON."""
    calibrated: bool
    route: str
    """Names of the tiers asked, JSON."""
    cost_pico: int = Field(sa_column=_pico())
    usage: str
    """Tokens by kind, JSON."""
    reason: str
    at: datetime = Field(default_factory=now, sa_column=_instant())

    __table_args__ = (Index("decision_of_candidate", "candidate", "question"),)


class LeaseRow(SQLModel, table=True):
    """A slice of a shared budget that a start took, or gave back where it is negative."""

    __tablename__ = "lease"
    id: int = Field(sa_column=_number())
    budget: str = Field(index=True)
    """The name of the shared budget."""
    start: int = Field(index=True)
    """Whose it is, whoever wrote the row."""
    usd_pico: int = Field(sa_column=_pico())
    wages_pico: int = Field(sa_column=_pico())
    closing: bool = False
    """Whether the start has ended, and this gives back what it did not spend."""
    at: datetime = Field(default_factory=now, sa_column=_instant())


TABLES = (RunRow, ReservationRow, AttemptRow, SettlementRow, VoteRow, FitRow, DecisionRow, LeaseRow)
"""Every table of the ledger."""


def table_of(row: type[Any]) -> Table:
    """The Core table behind one of the row classes above."""
    table: Table = row.__table__
    return table
