"""Everything that a ledger knows of one candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Engine, FromClause, Select, select, union

from stepladder.ledger.read import Row, all_rows
from stepladder.ledger.schema import (
    AttemptRow,
    DecisionRow,
    GoldRow,
    RunRow,
    SettlementRow,
    VoteRow,
    table_of,
)
from stepladder.ledger.starts import number_of, rows_with_run
from stepladder.types import CandidateKey


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything the ledger knows of one candidate and question, oldest first."""

    key: CandidateKey
    attempts: Sequence[Row]
    votes: Sequence[Row]
    decisions: Sequence[Row]
    gold: Sequence[Row]
    """When it was drawn to be given gold, and every label that it was given."""


def explain(engine: Engine, candidate: str) -> Sequence[Explained]:
    """All about one candidate, by question."""
    found = {
        "attempts": all_rows(engine, _attempts(candidate)),
        "votes": all_rows(engine, _about(VoteRow, candidate)),
        "decisions": all_rows(engine, _about(DecisionRow, candidate)),
        "gold": all_rows(engine, _about(GoldRow, candidate)),
    }
    questions = dict.fromkeys(row["question"] for rows in found.values() for row in rows)
    return [
        Explained(
            CandidateKey(candidate, question),
            **{
                kind: [row for row in rows if row["question"] == question]
                for kind, rows in found.items()
            },
        )
        for question in questions
    ]


def known_ids(engine: Engine) -> Sequence[str]:
    """Every candidate id that was decided about, asked about or drawn for gold, sorted."""
    tables = (table_of(DecisionRow), table_of(AttemptRow), table_of(GoldRow))
    every = union(*(select(table.c.candidate) for table in tables))
    with engine.connect() as connection:
        return sorted(connection.execute(every).scalars())


def _about(
    row: type[Any], candidate: str, beside: FromClause | None = None, *more: Column[Any]
) -> Select[Any]:
    """The candidate's rows, with the name of the run that wrote each."""
    rows = table_of(row)
    found = rows_with_run(rows) if beside is None else beside
    return (
        select(rows, table_of(RunRow).c.name.label("run"), *more)
        .select_from(found)
        .where(rows.c.candidate == candidate)
        .order_by(number_of(rows))
    )


def _attempts(candidate: str) -> Select[Any]:
    """The candidate's attempts, each with its settlement, if there is one yet."""
    attempt, settlement = table_of(AttemptRow), table_of(SettlementRow)
    columns = [c for c in settlement.c if c.name not in {"wage", "at", "attempt"}]
    settled = rows_with_run(attempt).outerjoin(settlement, settlement.c.attempt == attempt.c.id)
    return _about(AttemptRow, candidate, settled, *columns)
