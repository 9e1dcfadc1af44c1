"""What earlier starts of a run decided, for a start that ended before it came to all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from stepladder.engine import Run
from stepladder.engine.basis import Basis, policy_digest
from stepladder.ledger import connect
from stepladder.ledger.read import decisions
from stepladder.ledger.standing import each_decided
from stepladder.tables.key_hashes import KeyHashes, KnownKeys
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import CandidateKey, Decision

if TYPE_CHECKING:
    from sqlalchemy import Engine

BLOCK = 256
"""Candidates looked up at once."""


def standing(run: Run, candidates: CandidatesFile, written: KnownKeys) -> Iterator[Decision]:
    """The run's last decisions on today's basis, but for what this start has written.

    None when it came to every candidate. Raises LedgerError when the ledger cannot be opened.
    """
    if run.calibrated is None or run.progress.done == run.progress.total:
        return
    basis = Basis(policy_digest(run.setup), run.calibrated.key)
    engine = connect(run.options.ledger)
    try:
        yield from _on_basis(basis, engine, run.name, candidates, written)
    finally:
        engine.dispose()


def _on_basis(
    basis: Basis, engine: Engine, run: str, candidates: CandidatesFile, written: KnownKeys
) -> Iterator[Decision]:
    decided = KeyHashes(found.key for found in each_decided(engine, run)).known()

    def missing(keys: Sequence[CandidateKey]) -> list[bool]:
        there, here = decided.among(keys), written.among(keys)
        return [t and not h for t, h in zip(there, here, strict=True)]

    rest = candidates.chosen(missing)
    while block := {candidate.key: candidate for candidate in islice(rest, BLOCK)}:
        for key, found in decisions(engine, run, list(block)).items():
            if found.basis == basis.of(block[key]):
                yield found.decision
