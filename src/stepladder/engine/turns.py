"""In which order a run takes up its candidates: a resumed one asks before it has read all back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import compress, islice

from stepladder.engine.replay import BLOCK, STANDING
from stepladder.ledger import Ledger
from stepladder.tables.key_hashes import KeyHashes, KnownKeys
from stepladder.task.candidates_file import CandidatesFile, Keep
from stepladder.types import Candidate, CandidateKey

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


async def decided_keys(ledger: Ledger) -> KnownKeys:
    """The candidates that earlier starts of the run decided for good, even if they no longer do.

    Raises LedgerError when the ledger cannot be read.
    """
    return await ledger.ever_decided(STANDING, lambda keys: KeyHashes(keys).known())


def _chosen(candidates: Iterable[Candidate], keep: Keep) -> Iterator[Candidate]:
    if isinstance(candidates, CandidatesFile):
        yield from candidates.chosen(keep)
        return
    rest = iter(candidates)
    while block := list(islice(rest, BLOCK)):
        yield from compress(block, keep([candidate.key for candidate in block]))
