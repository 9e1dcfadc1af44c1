"""The gold that a ledger keeps, for whoever reads the candidates it is about."""

from __future__ import annotations

from collections.abc import Mapping

from stepladder.engine.starting import labels_of
from stepladder.errors import LedgerError, NoLedgerError
from stepladder.ledger import connect, masked
from stepladder.ledger.gold_rows import gold
from stepladder.ledger.read import check_task
from stepladder.nearest import did_you_mean
from stepladder.task import Task
from stepladder.task.trusted import Trusted
from stepladder.types import CandidateKey


def gold_in(url: str, task: Task) -> Mapping[CandidateKey, Trusted]:
    """Gold by candidate and question; nothing where there is no such ledger yet.

    Raises LedgerError for a ledger or gold that cannot be read, for a ledger of another task,
    and for gold that is no label of this one.
    """
    try:
        engine = connect(url, must_exist=True) if url else None
    except NoLedgerError:
        engine = None
    if engine is None:
        return {}
    try:
        check_task(engine, task.name, labels_of(task), masked(url))
        entries = gold(engine).values()
    finally:
        engine.dispose()
    for entry in entries:
        if entry.label is not None and entry.label not in task.labels:
            raise LedgerError(
                f"{masked(url)}: gold of candidate {entry.key.id!r} is {entry.label!r}, which is "
                f"not a label of the task; {did_you_mean(entry.label, task.labels)}"
            )
    return {
        entry.key: Trusted(entry.label, entry.probability, entry.seen)
        for entry in entries
        if entry.label is not None
    }
