"""A ledger as a recording: what everybody said of each candidate, and its gold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import orjson

from stepladder.engine.call import Call
from stepladder.engine.reusing import GOLD_ROUTE
from stepladder.ledger import connect, read
from stepladder.ledger.gold_rows import gold
from stepladder.ledger.voted import people_in, starts_of, voted_keys
from stepladder.recording import RecordedRow
from stepladder.types import Candidate, CandidateKey, Vote

if TYPE_CHECKING:
    from sqlalchemy import Engine

BLOCK = 400
"""Candidates read at once."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A run that can be written as a recording."""

    labels: tuple[str, ...]
    """The task's."""
    rows: Iterator[RecordedRow]
    """Read from the ledger as they are taken."""


def exported(url: str, run: str | None, candidates: Iterable[Candidate] | None) -> Exported:
    """The votes of one run, or of all; of each call the last one counts.

    The `candidates` have texts, groups and gold; without them a row has what the ledger knows:
    gold that was drawn or calibrated. People's labels are kept apart from machines' votes.
    Raises LedgerError for a ledger or run that is not there.
    """
    engine = connect(url, must_exist=True)
    starts = starts_of(engine, url, run)
    labels = tuple(orjson.loads(starts[-1]["labels"]))
    people = people_in(starts)
    runs = tuple(dict.fromkeys(start["name"] for start in starts))
    known = _known(engine, run, runs) if candidates is None else iter(candidates)
    return Exported(labels, _rows(engine, run, known, people))


def _known(engine: Engine, run: str | None, runs: Sequence[str]) -> Iterator[Candidate]:
    """The candidates as far as the ledger tells."""
    drawn = gold(engine)
    keys = iter(voted_keys(engine, run))
    while block := list(islice(keys, BLOCK)):
        calibrated = _calibrated(engine, runs, block)
        for key in block:
            found = Candidate(key.id, question=key.question, gold=calibrated.get(key))
            if (entry := drawn.get(key)) is not None and entry.label is not None:
                found = replace(
                    found, gold=entry.label, sampled=entry.probability, group=entry.group
                )
            yield found


def _calibrated(
    engine: Engine, runs: Sequence[str], keys: Sequence[CandidateKey]
) -> Mapping[CandidateKey, str]:
    """Gold of those that calibrated."""
    found: dict[CandidateKey, str] = {}
    for run in runs:
        for key, decided in read.decisions(engine, run, keys).items():
            decision = decided.decision
            if decision.route == GOLD_ROUTE and decision.label is not None:
                found[key] = decision.label
    return found


def _rows(
    engine: Engine, run: str | None, candidates: Iterator[Candidate], people: frozenset[str]
) -> Iterator[RecordedRow]:
    try:
        number = 0
        while block := list(islice(candidates, BLOCK)):
            votes = read.votes(engine, [one.key for one in block], run)
            for candidate in block:
                if candidate.key in votes:
                    number += 1
                    yield _row(candidate, votes[candidate.key], people, number)
    finally:
        engine.dispose()


def _row(
    candidate: Candidate, votes: Sequence[Vote], people: frozenset[str], number: int
) -> RecordedRow:
    last = {Call.of(vote): vote for vote in votes}
    by_name: dict[str, list[Vote]] = {}
    humans: dict[str, str] = {}
    for call, vote in sorted(last.items()):
        if call.annotator not in people:
            by_name.setdefault(call.annotator, []).append(vote)
        elif vote.label is not None:
            humans[call.annotator] = vote.label
    drawn = {name: tuple(found) for name, found in by_name.items()}
    return RecordedRow(candidate, drawn, number, humans)
