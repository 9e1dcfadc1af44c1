"""About whom a ledger has votes, and who gave them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Engine, func, select

from stepladder.errors import LedgerError
from stepladder.ledger import read
from stepladder.ledger.mask import masked
from stepladder.ledger.schema import RunRow, VoteRow, table_of
from stepladder.ledger.starts import rows_with_run
from stepladder.nearest import did_you_mean
from stepladder.types import CandidateKey


def starts_of(engine: Engine, url: str, run: str | None) -> Sequence[read.Row]:
    """The starts of a run, or of all; raises LedgerError when there is none of that name."""
    starts = read.runs(engine)
    chosen = [start for start in starts if run is None or start["name"] == run]
    if not chosen:
        known = [start["name"] for start in starts]
        what = "nothing was run" if run is None else f"no run {run!r}; {did_you_mean(run, known)}"
        raise LedgerError(f"{masked(url)}: {what}")
    return chosen


def people_in(starts: Sequence[read.Row]) -> frozenset[str]:
    """The annotators that were people, by the policies of these starts."""
    found: set[str] = set()
    for start in starts:
        policy: Any = orjson.loads(start["policy"])
        found |= {n for n, one in policy["annotators"].items() if one.get("kind") == "human"}
    return frozenset(found)


def voted_keys(engine: Engine, run: str | None) -> Sequence[CandidateKey]:
    """Every candidate and question with a vote of a run, or of any, in the order of the first."""
    rows = table_of(VoteRow)
    query = select(rows.c.candidate, rows.c.question)
    if run is not None:
        named = table_of(RunRow).c.name == run
        query = query.select_from(rows_with_run(rows)).where(named)
    ordered = query.group_by(rows.c.candidate, rows.c.question).order_by(func.min(rows.c.id))
    with engine.connect() as connection:
        return [CandidateKey(*found) for found in connection.execute(ordered)]
