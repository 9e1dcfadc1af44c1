"""What an earlier start left: decisions that stand, and votes that need not be bought again."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from stepladder.engine.brake import Brake
from stepladder.engine.call import Call
from stepladder.engine.reusing import reusable
from stepladder.engine.staff import Staff
from stepladder.ledger import Decided, Ledger
from stepladder.types import Candidate, CandidateKey, Decision, Status, Vote

BLOCK = 256
"""Candidates looked up at once."""
STANDING = frozenset({Status.LABELLED, Status.ABSTAINED})
"""What is decided for good; the rest is taken up again by a resumed run."""


@dataclass(frozen=True, slots=True)
class Work:
    """A candidate, with what is known of it."""

    candidate: Candidate
    votes: Mapping[Call, Vote]
    """What was answered to today's prompts."""
    decided: Decided | None
    """The last decision of this run."""

    def standing(self, basis: str, staff: Staff) -> Decision | None:
        """The decision, if it stands: final, on the same basis, and on votes still valid."""
        if self.decided is None or self.decided.basis != basis:
            return None
        decision = self.decided.decision
        asked = staff.asked_on(decision.route, self.candidate)
        calls = (call for name in asked for call in staff.calls[name])
        valid = decision.status in STANDING and all(call in self.votes for call in calls)
        return decision if valid else None

    def without_failures_of(self, names: Collection[str]) -> Work:
        """The same, as if these annotators had not been asked where they failed."""
        if not names:
            return self
        votes = {c: v for c, v in self.votes.items() if v.answered or c.annotator not in names}
        return replace(self, votes=votes)


@dataclass(frozen=True, slots=True)
class Unread:
    """A candidate of which the ledger may know something."""

    candidate: Candidate
    _block: _Block | None

    async def read(self) -> Work:
        """The candidate with what the ledger knows of it; the event loop goes on meanwhile.

        Raises LedgerError when the ledger cannot be read, Interrupted when the run stops
        while its database is away.
        """
        if self._block is None:
            return Work(self.candidate, {}, None)
        return await self._block.work(self.candidate)


@dataclass(frozen=True, slots=True)
class _Found:
    votes: Mapping[CandidateKey, Sequence[Vote]]
    decisions: Mapping[CandidateKey, Decided]


def work_through(
    candidates: Iterable[Candidate],
    ledger: Ledger,
    staff: Staff,
    brake: Brake,
    past: Collection[str] = (),
) -> Iterator[Unread]:
    """The candidates in order, each to be read before it is worked on.

    Failures of the annotators in `past` are not asked again, whatever was decided.
    """
    rest = iter(candidates)
    while block := list(islice(rest, BLOCK)):
        shared = _Block(block, ledger, staff, brake, past) if ledger.has_votes else None
        yield from (Unread(candidate, shared) for candidate in block)


class _Block:
    """Candidates that are looked up together, by whoever comes to one of them first."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        ledger: Ledger,
        staff: Staff,
        brake: Brake,
        past: Collection[str],
    ) -> None:
        self._keys = [candidate.key for candidate in candidates]
        self._ledger = ledger
        self._staff = staff
        self._brake = brake
        self._past = past
        self._reading = asyncio.Lock()
        self._found: _Found | None = None

    async def work(self, candidate: Candidate) -> Work:
        found = self._found or await self._read()
        decided = found.decisions.get(candidate.key)
        votes = found.votes.get(candidate.key, ())
        known = reusable(candidate, votes, decided, self._staff, self._past)
        return Work(candidate, known, decided)

    async def _read(self) -> _Found:
        async with self._reading:
            if self._found is None:
                # Where one look failed, the others do not wait as long once more.
                self._brake.check()
                votes = await self._ledger.votes(self._keys, self._brake.pause)
                decisions = await self._ledger.decisions(self._keys, self._brake.pause)
                self._found = _Found(votes, decisions)
            return self._found
