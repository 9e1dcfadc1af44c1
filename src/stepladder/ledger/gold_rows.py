"""Gold as rows of the ledger, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from stepladder.ledger.cells import Values, readable, storable
from stepladder.ledger.failure import cannot
from stepladder.ledger.read import all_rows
from stepladder.ledger.schema import GoldRow, table_of
from stepladder.types import CandidateKey


class Origin(StrEnum):
    """Where a row of gold came from."""

    DRAW = "draw"
    """Drawn, and not answered yet."""
    TERMINAL = "terminal"
    """Answered, or taken back, by keys."""
    SHEET = "sheet"
    """Answered in a spreadsheet."""


@dataclass(frozen=True, slots=True)
class GoldEntry:
    """A candidate that was drawn to be given gold, and the label it was given."""

    key: CandidateKey
    label: str | None
    """None while it is not answered."""
    probability: float
    """With which it was drawn, above 0 and at most 1."""
    stratum: str
    """What its group was drawn among; empty where there were no strata."""
    group: str
    origin: Origin
    draw: str
    """Digest of the draw."""
    seed: int
    """Of the draw."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints by column of what was shown; empty where nobody noted them."""


_SEEN = TypeAdapter(dict[str, str])


def gold_values(number: int, entry: GoldEntry) -> Values:
    """The row of the table `gold`."""
    return (
        number,
        entry.key.id,
        entry.key.question,
        entry.label,
        entry.probability,
        storable(entry.stratum),
        storable(entry.group),
        entry.origin.value,
        entry.draw,
        entry.seed,
        orjson.dumps(dict(entry.seen)).decode(),
    )


def gold(engine: Engine) -> Mapping[CandidateKey, GoldEntry]:
    """Every candidate that was ever drawn, as its last row has it, the earliest written first.

    Raises LedgerError when it cannot be read, or stepladder cannot have written it.
    """
    rows = table_of(GoldRow)
    last = select(func.max(rows.c.id)).group_by(rows.c.candidate, rows.c.question)
    try:
        found = all_rows(engine, select(rows).where(rows.c.id.in_(last)).order_by(rows.c.id))
    except SQLAlchemyError as problem:
        raise cannot("be read", problem) from None
    return {entry.key: entry for entry in map(entry_of, found)}


def entry_of(row: Mapping[str, Any]) -> GoldEntry:
    """The gold in a row of the table `gold`; raises LedgerError when there is none in it."""
    with readable("gold", row):
        if not 0 < row["probability"] <= 1:
            raise ValueError(f"{row['probability']} is no probability to be drawn")
        return GoldEntry(
            key=CandidateKey(row["candidate"], row["question"]),
            label=row["label"],
            probability=float(row["probability"]),
            stratum=row["stratum"],
            group=row["grp"],
            origin=Origin(row["origin"]),
            draw=row["draw"],
            seed=row["seed"],
            seen=_SEEN.validate_json(row["seen"]),
        )
