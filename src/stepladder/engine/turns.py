"""In which order a run takes up its candidates: a resumed one asks before it has read all back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import compress, islice

from stepladder.engine.replay import BLOCK, STANDING
from stepladder.ledger import connect
from stepladder.ledger.schema import DecisionRow, table_of
from stepladder.ledger.starts import rows_of_run
from stepladder.tables.key_hashes import KeyHashes, KnownKeys
from stepladder.task.candidates_file import CandidatesFile, Keep
from stepladder.types import Candidate, CandidateKey

STREAMED = 10_000
"""Rows of the ledger in memory at once."""
SHARE = 4
"""Decided candidates that are read back after each undecided one, while calls are under way."""


def in_turn(
    candidates: Iterable[Candidate], decided: KnownKeys, left_out: Collection[CandidateKey]
) -> Iterator[Candidate]:
    """All candidates but those left out, once each; undecided ones come first.

    Only the order goes by `decided`, so that nothing depends on whether it is right. The decided
    ones are spread among the others: their decisions reach the output while others are asked.
    """

    def wanted(keys: Sequence[CandidateKey], *, known: bool) -> Iterable[bool]:
        among = decided.among(keys)
        if not left_out:
            return [found is known for found in among]
        pairs = zip(among, keys, strict=True)
        return [found is known and key not in left_out for found, key in pairs]

    first = _chosen(candidates, partial(wanted, known=False))
    rest = _chosen(candidates, partial(wanted, known=True)) if decided else iter(())
    for candidate in first:
        yield candidate
        yield from islice(rest, SHARE)
    yield from rest


def decided_keys(url: str, run: str) -> KnownKeys:
    """The candidates that earlier starts of the run decided for good, even if they no longer do.

    Raises LedgerError when the ledger cannot be opened.
    """
    from sqlalchemy import select

    rows = table_of(DecisionRow)
    final = [status.value for status in STANDING]
    query = select(rows.c.candidate, rows.c.question).select_from(rows_of_run(rows, run))
    engine = connect(url)
    try:
        with engine.connect().execution_options(yield_per=STREAMED) as connection:
            found = connection.execute(query.where(rows.c.status.in_(final)))
            return KeyHashes(CandidateKey(*row) for row in found).known()
    finally:
        engine.dispose()


def _chosen(candidates: Iterable[Candidate], keep: Keep) -> Iterator[Candidate]:
    if isinstance(candidates, CandidatesFile):
        yield from candidates.chosen(keep)
        return
    rest = iter(candidates)
    while block := list(islice(rest, BLOCK)):
        yield from compress(block, keep([candidate.key for candidate in block]))
