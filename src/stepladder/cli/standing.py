"""What earlier starts of a run decided, for a start that ended before it came to all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from stepladder.engine import Run
from stepladder.engine.basis import Basis, policy_digest
from stepladder.ledger import connect
from stepladder.ledger.read import decisions
from stepladder.types import Candidate, Decision

BLOCK = 256
"""Candidates looked up at once."""


def standing(run: Run, candidates: Iterable[Candidate]) -> Iterator[Decision]:
    """The run's last decisions on today's basis; none when this start came to every candidate.

    Raises LedgerError when the ledger cannot be opened.
    """
    if run.calibrated is None or run.progress.done == run.progress.total:
        return
    basis = Basis(policy_digest(run.setup), run.calibrated.key)
    engine = connect(run.options.ledger)
    try:
        rest = iter(candidates)
        while block := {candidate.key: candidate for candidate in islice(rest, BLOCK)}:
            for key, found in decisions(engine, run.name, list(block)).items():
                if found.basis == basis.of(block[key]):
                    yield found.decision
    finally:
        engine.dispose()
