"""Reading the ledger back, to resume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Engine, Select, Table, select

from stepladder.errors import LedgerMismatchError
from stepladder.ledger import schema
from stepladder.ledger.decision_rows import decision_of
from stepladder.ledger.money import Money
from stepladder.ledger.schema import table_of
from stepladder.ledger.starts import rows_of_run, rows_with_run
from stepladder.ledger.sums import money_of, parts
from stepladder.ledger.vote_rows import vote_of
from stepladder.types import CandidateKey, Decision, Vote

Row = Mapping[str, Any]
"""A row as columns and values."""
BLOCK = 400
"""Candidates asked for in one query: SQLite allows 999 variables in old builds."""


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


def check_task(engine: Engine, task: str, labels: str, shown: str) -> None:
    """Raise LedgerMismatchError when the ledger was made by another task."""
    run = table_of(schema.RunRow)
    for found in all_rows(engine, select(run.c.task, run.c.labels).distinct()):
        if found["task"] != task:
            raise LedgerMismatchError(
                f"{shown}: made by task {found['task']!r}, not {task!r}; name another --ledger"
            )
        if found["labels"] != labels:
            raise LedgerMismatchError(
                f"{shown}: made for labels {_named(found['labels'])}; "
                "other labels need another --ledger"
            )


def _named(labels: str) -> str:
    """Labels in JSON for people to read; as they are where something else wrote them."""
    try:
        return ", ".join(orjson.loads(labels))
    except (ValueError, TypeError):
        return repr(labels[:80])


def spent(engine: Engine, run: str) -> Money:
    """What the run's settlements sum to."""
    settlement = table_of(schema.SettlementRow)
    sums = (
        select(settlement.c.wage, *parts(settlement.c.cost_pico))
        .select_from(rows_of_run(settlement, run))
        .group_by(settlement.c.wage)
    )
    return money_of(tuple(found.values()) for found in all_rows(engine, sums))


def any_votes(engine: Engine) -> bool:
    """Whether the ledger holds any vote."""
    return bool(all_rows(engine, select(table_of(schema.VoteRow).c.id).limit(1)))


def fit(engine: Engine, run: str, key: str) -> StoredFit | None:
    """The first fit of a run under a key: a resumed run decides as the first would have."""
    found = _first(engine, table_of(schema.FitRow), run, key)
    if found is None:
        return None
    keys = frozenset(CandidateKey(*pair) for pair in orjson.loads(found["rows"]))
    return StoredFit(found["body"], keys)


def any_fit(engine: Engine, run: str) -> bool:
    """Whether a run has made any fit."""
    fits = table_of(schema.FitRow)
    query = _of_run(fits, run).with_only_columns(fits.c.id, maintain_column_froms=True)
    return bool(all_rows(engine, query.limit(1)))


def intake(engine: Engine, run: str, key: str) -> str | None:
    """The body of a run's first intake under a key, if it has one."""
    found = _first(engine, table_of(schema.IntakeRow), run, key)
    return None if found is None else str(found["body"])


def votes(
    engine: Engine, keys: Sequence[CandidateKey], run: str | None = None
) -> Mapping[CandidateKey, Sequence[Vote]]:
    """Every vote about these candidates, by start, oldest first; of one run or of whichever."""
    rows = table_of(schema.VoteRow)
    found: dict[CandidateKey, list[Vote]] = {}
    query = select(rows).order_by(rows.c.id) if run is None else _of_run(rows, run)
    for row in _of_candidates(engine, rows, query, keys):
        found.setdefault(CandidateKey(row["candidate"], row["question"]), []).append(vote_of(row))
    return found


def decisions(
    engine: Engine, run: str, keys: Sequence[CandidateKey]
) -> Mapping[CandidateKey, Decided]:
    """The run's last decision about each of these candidates."""
    rows = table_of(schema.DecisionRow)
    query = _of_run(rows, run)
    return {
        CandidateKey(row["candidate"], row["question"]): Decided(decision_of(row), row["basis"])
        for row in _of_candidates(engine, rows, query, keys)
    }


def runs(engine: Engine) -> Sequence[Row]:
    """Every start of every run, oldest first."""
    rows = table_of(schema.RunRow)
    return all_rows(engine, select(rows).order_by(rows.c.id))


def all_rows(engine: Engine, query: Select[Any]) -> list[Row]:
    """What the query finds, as columns and values."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _of_run(rows: Table, run: str) -> Select[Any]:
    named = table_of(schema.RunRow).c.name == run
    return select(rows).select_from(rows_with_run(rows)).where(named).order_by(rows.c.id)


def _first(engine: Engine, rows: Table, run: str, key: str) -> Row | None:
    found = all_rows(engine, _of_run(rows, run).where(rows.c.key == key).limit(1))
    return found[0] if found else None


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
            row for row in all_rows(engine, chosen) if (row["candidate"], row["question"]) in asked
        ]
    return found
