"""The ledger's tables of starts, and of what they hold, pay and lease."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from stepladder.ledger.columns import instant, now, number, pico


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
    budget_pico: int = Field(sa_column=pico())
    wages_pico: int = Field(sa_column=pico())
    version: str
    """stepladder's version."""
    shared: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The name of the budget that it shares with other runs; empty for its own."""
    at: datetime = Field(default_factory=now, sa_column=instant())


class ReservationRow(SQLModel, table=True):
    """Money held for the worst case of one candidate's remaining route."""

    __tablename__ = "reservation"
    id: int = Field(sa_column=number())
    candidate: str
    question: str
    usd_pico: int = Field(sa_column=pico())
    wages_pico: int = Field(sa_column=pico())
    at: datetime = Field(default_factory=now, sa_column=instant())


class AttemptRow(SQLModel, table=True):
    """The intent to ask, durable before anything is sent."""

    __tablename__ = "attempt"
    id: int = Field(sa_column=number())
    reservation: int = Field(sa_column=Column(BigInteger, nullable=False))
    candidate: str
    question: str
    annotator: str
    vote_key: str
    wage: bool
    """Whether it is paid from the wages' wall."""
    quote_pico: int = Field(sa_column=pico())
    price: str
    """The price entry paid by, with its date: what the run keeps."""
    at: datetime = Field(default_factory=now, sa_column=instant())


class SettlementRow(SQLModel, table=True):
    """What an attempt cost; `unknown` ones cost their quote."""

    __tablename__ = "settlement"
    attempt: int = Field(sa_column=number())
    wage: bool
    outcome: str
    """answered, waiting, refunded, failed or unknown."""
    cost_pico: int = Field(sa_column=pico())
    input: int = 0
    cached_input: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0
    seconds: float = 0.0
    detail: str = ""
    """The error, if there was one."""
    at: datetime = Field(default_factory=now, sa_column=instant())


class LeaseRow(SQLModel, table=True):
    """A slice of a shared budget that a start took, or gave back where it is negative."""

    __tablename__ = "lease"
    id: int = Field(sa_column=number())
    budget: str = Field(index=True)
    """The name of the shared budget."""
    start: int = Field(index=True)
    """Whose it is, whoever wrote the row."""
    usd_pico: int = Field(sa_column=pico())
    wages_pico: int = Field(sa_column=pico())
    closing: bool = False
    """Whether the start has ended, and this gives back what it did not spend."""
    at: datetime = Field(default_factory=now, sa_column=instant())
