"""Reading the ledger back: to resume, and to explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Engine, Select, Table, func, select, union

from stepladder.errors import LedgerMismatchError
from stepladder.ledger import schema
from stepladder.ledger.codec import decision_of, vote_of
from stepladder.ledger.schema import table_of
from stepladder.types import CandidateKey, Decision, Usd, Vote

Row = Mapping[str, Any]
"""A row as columns and values."""
BLOCK = 400
"""Candidates asked for in one query: SQLite allows 999 variables in old builds."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Settled money of a run."""

    usd: Usd
    wages: Usd


@dataclass(frozen=True, slots=True)
class StoredFit:
    """A fit as it was stored."""

    body: str
    """JSON."""
    rows: frozenset[CandidateKey]
    """The calibration candidates."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and what it was based on."""

    decision: Decision
    basis: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything the ledger knows of one candidate and question, oldest first."""

    key: CandidateKey
    attempts: Sequence[Row]
    votes: Sequence[Row]
    decisions: Sequence[Row]


def check_task(engine: Engine, task: str, labels: str, url: str) -> None:
    """Raise LedgerMismatchError when the ledger was made by another task."""
    run = table_of(schema.RunRow)
    for found in _all(engine, select(run.c.task, run.c.labels).distinct()):
        if found["task"] != task:
            raise LedgerMismatchError(
                f"{url}: made by task {found['task']!r}, not {task!r}; name another --ledger"
            )
        if found["labels"] != labels:
            raise LedgerMismatchError(
                f"{url}: made for labels {', '.join(orjson.loads(found['labels']))}; "
                "other labels need another --ledger"
            )


def spent(engine: Engine, run: str) -> Spent:
    """What the run's settlements sum to."""
    settlement = table_of(schema.SettlementRow)
    sums = (
        select(settlement.c.wage, func.sum(settlement.c.cost_pico).label("pico"))
        .where(settlement.c.run == run)
        .group_by(settlement.c.wage)
    )
    by_wage = {bool(found["wage"]): int(found["pico"]) for found in _all(engine, sums)}
    return Spent(Usd(by_wage.get(False, 0)), Usd(by_wage.get(True, 0)))


def any_votes(engine: Engine) -> bool:
    """Whether the ledger holds any vote."""
    return bool(_all(engine, select(table_of(schema.VoteRow).c.id).limit(1)))


def fit(engine: Engine, run: str, key: str) -> StoredFit | None:
    """The first fit of a run under a key: a resumed run decides as the first would have."""
    rows = table_of(schema.FitRow)
    query = select(rows).where(rows.c.run == run, rows.c.key == key).order_by(rows.c.id).limit(1)
    found = _all(engine, query)
    if not found:
        return None
    keys = frozenset(CandidateKey(*pair) for pair in orjson.loads(found[0]["rows"]))
    return StoredFit(found[0]["body"], keys)


def votes(engine: Engine, keys: Sequence[CandidateKey]) -> Mapping[CandidateKey, Sequence[Vote]]:
    """Every vote about these candidates, whichever run bought it, oldest first."""
    rows = table_of(schema.VoteRow)
    found: dict[CandidateKey, list[Vote]] = {}
    for row in _of_candidates(engine, rows, select(rows).order_by(rows.c.id), keys):
        found.setdefault(CandidateKey(row["candidate"], row["question"]), []).append(vote_of(row))
    return found


def decisions(
    engine: Engine, run: str, keys: Sequence[CandidateKey]
) -> Mapping[CandidateKey, Decided]:
    """The run's last decision about each of these candidates."""
    rows = table_of(schema.DecisionRow)
    query = select(rows).where(rows.c.run == run).order_by(rows.c.id)
    return {
        CandidateKey(row["candidate"], row["question"]): Decided(decision_of(row), row["basis"])
        for row in _of_candidates(engine, rows, query, keys)
    }


def explain(engine: Engine, candidate: str) -> Sequence[Explained]:
    """All about one candidate, by question."""
    settled = _settled_attempts().where(table_of(schema.AttemptRow).c.candidate == candidate)
    found = {
        "attempts": _all(engine, settled),
        "votes": _all(engine, _about(schema.VoteRow, candidate)),
        "decisions": _all(engine, _about(schema.DecisionRow, candidate)),
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
    """Every candidate id that was decided about, or at least asked about, sorted."""
    tables = (table_of(schema.DecisionRow), table_of(schema.AttemptRow))
    every = union(*(select(table.c.candidate) for table in tables))
    with engine.connect() as connection:
        return sorted(connection.execute(every).scalars())


def runs(engine: Engine) -> Sequence[Row]:
    """Every start of every run, oldest first."""
    rows = table_of(schema.RunRow)
    return _all(engine, select(rows).order_by(rows.c.id))


def _about(row: type[Any], candidate: str) -> Select[Any]:
    rows = table_of(row)
    return select(rows).where(rows.c.candidate == candidate).order_by(rows.c.id)


def _settled_attempts() -> Select[Any]:
    attempt, settlement = table_of(schema.AttemptRow), table_of(schema.SettlementRow)
    columns = [c for c in settlement.c if c.name not in {"run", "wage", "at", "attempt"}]
    return (
        select(attempt, *columns)
        .outerjoin(settlement, settlement.c.attempt == attempt.c.id)
        .order_by(attempt.c.id)
    )


def _of_candidates(
    engine: Engine, rows: Table, query: Select[Any], keys: Sequence[CandidateKey]
) -> list[Row]:
    """Rows about these candidates and questions, each once, in the query's order by candidate."""
    asked = set(keys)
    ids = list(dict.fromkeys(key.id for key in keys))
    found: list[Row] = []
    for start in range(0, len(ids), BLOCK):
        # By id alone: SQLite would read the whole table for pairs of id and question.
        chosen = query.where(rows.c.candidate.in_(ids[start : start + BLOCK]))
        found += [
            row for row in _all(engine, chosen) if (row["candidate"], row["question"]) in asked
        ]
    return found


def _all(engine: Engine, query: Select[Any]) -> list[Row]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
