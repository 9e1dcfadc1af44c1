"""The ledger's tables of answers, and of what is made of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from stepladder.ledger.columns import instant, now, number, pico, seed


class VoteRow(SQLModel, table=True):
    """One annotator's answer; its key says what it may be reused for."""

    __tablename__ = "vote"
    id: int = Field(sa_column=number())
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
    cost_pico: int = Field(sa_column=pico())
    model: str
    text: str
    variant: str
    sample: int
    seconds: float
    at: datetime = Field(default_factory=now, sa_column=instant())

    __table_args__ = (Index("vote_of_candidate", "candidate", "question"),)


class FitRow(SQLModel, table=True):
    """What gold taught; a resumed run decides by the first fit of its key."""

    __tablename__ = "fit"
    id: int = Field(sa_column=number())
    key: str = Field(index=True)
    body: str
    """The fit, JSON."""
    rows: str
    """The calibration candidates, JSON: no accuracy is reported on them."""
    at: datetime = Field(default_factory=now, sa_column=instant())


class IntakeRow(SQLModel, table=True):
    """What a look through a run's candidates found, to spare its next start another one."""

    __tablename__ = "intake"
    id: int = Field(sa_column=number())
    key: str = Field(index=True)
    """Digest of the candidates and of all that they were looked through for."""
    body: str
    """The intake, JSON."""
    at: datetime = Field(default_factory=now, sa_column=instant())


class GoldRow(SQLModel, table=True):
    """A candidate drawn to be given gold; the last row of a candidate and question counts."""

    __tablename__ = "gold"
    id: int = Field(sa_column=number())
    candidate: str
    question: str
    label: str | None
    """None while it is not answered, or since the answer was taken back."""
    probability: float
    """With which it was drawn."""
    stratum: str
    """What its group was drawn among; empty where there were no strata."""
    grp: str
    """Its group."""
    origin: str
    """Where the row came from: 'draw', 'terminal' or 'sheet'."""
    draw: str
    """Digest of the draw: of the seed, the rows wanted and all that they were drawn from."""
    seed: int = Field(sa_column=seed())
    """Of the draw."""
    at: datetime = Field(default_factory=now, sa_column=instant())
    seen: str = Field(default="{}", sa_column_kwargs={"server_default": "{}"})
    """Fingerprints by column of what was shown, as JSON; empty where nobody noted them."""

    __table_args__ = (Index("gold_of_candidate", "candidate", "question"),)


class DecisionRow(SQLModel, table=True):
    """What was decided; the last row of a run, candidate and question counts."""

    __tablename__ = "decision"
    id: int = Field(sa_column=number())
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
    cost_pico: int = Field(sa_column=pico())
    usage: str
    """Tokens by kind, JSON."""
    reason: str
    at: datetime = Field(default_factory=now, sa_column=instant())

    __table_args__ = (Index("decision_of_candidate", "candidate", "question"),)
