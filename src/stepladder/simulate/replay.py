"""A policy's ladder over recorded votes: what each tier would know of each candidate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence import Fit
from stepladder.confidence.many import ManyVotes
from stepladder.policy import Policy, confidence_of
from stepladder.recording import RecordedRow
from stepladder.simulate.casting import vote_in
from stepladder.simulate.rung import Rung, rung_of
from stepladder.types import Candidate, Vote
from stepladder.types.arrays import Flags, Floats, Numbers

BLOCK = 4096
"""Rows whose votes are in memory at once."""
NO_GOLD, FOREIGN_GOLD = -1, -2
"""In place of a label's number: there is no gold, or it is none of the task's labels."""


@dataclass(frozen=True, eq=False)
class Replay:
    """All that is needed to decide about candidates (n), and to price it, in arrays."""

    labels: tuple[str, ...]
    """The task's (K)."""
    keys: NDArray[np.object_]
    """Whom each row is about (n)."""
    gold: Numbers
    """The number of each candidate's label (n); NO_GOLD or FOREIGN_GOLD."""
    sampled: Floats
    """The chance with which it was drawn to be given gold (n); NaN where it was not drawn."""
    groups: NDArray[np.object_]
    """By name (n)."""
    rungs: tuple[Rung, ...]
    """By tier: what is known once it was asked."""

    @classmethod
    def joined(cls, parts: Sequence[Replay]) -> Replay:
        """One after the other."""
        rungs = zip(*(part.rungs for part in parts), strict=True)
        return cls(
            parts[0].labels,
            np.concatenate([part.keys for part in parts]),
            np.concatenate([part.gold for part in parts]),
            np.concatenate([part.sampled for part in parts]),
            np.concatenate([part.groups for part in parts]),
            tuple(Rung.joined(of_a_tier) for of_a_tier in rungs),
        )

    def __len__(self) -> int:
        return len(self.gold)

    @cached_property
    def known(self) -> Flags:
        """Which candidates have gold (n)."""
        return np.asarray(self.gold != NO_GOLD)


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate, and the one vote of every machine on the ladder that may see it."""

    candidate: Candidate
    votes: Mapping[str, Vote]


class Player:
    """Makes rows of a recording's, and replays of rows."""

    def __init__(
        self, policy: Policy, labels: tuple[str, ...], speakers: Mapping[str, str]
    ) -> None:
        """`speakers` are the names in the recording, by name in the policy."""
        self.policy = policy
        self.labels = labels
        self._speakers = speakers
        self._local = [name for name in policy.machines if policy.annotators[name].local]
        self._confidence = {name: confidence_of(policy, name) for name in policy.machines}

    def seeing(self, candidate: Candidate) -> Sequence[str]:
        """The machines that may see the candidate."""
        return self._local if candidate.local_only else self.policy.machines

    def row(self, recorded: RecordedRow) -> Row | None:
        """The row, or None where a vote is missing of somebody who may see the candidate."""
        votes: dict[str, Vote] = {}
        for name in self.seeing(recorded.candidate):
            vote = vote_in(recorded, self._speakers[name], self._confidence[name], self.labels)
            if vote is None:
                return None
            # In a fit the annotator goes by its name in the policy.
            votes[name] = vote if vote.annotator == name else replace(vote, annotator=name)
        return Row(recorded.candidate, votes)

    def replay(self, rows: Iterable[Row], fit: Fit) -> Replay:
        """The arrays of all rows; they are read in blocks and not kept."""
        blocks = [self._block(block, fit) for block in _blocks(rows)]
        return Replay.joined(blocks or [self._block([], fit)])

    def _block(self, rows: Sequence[Row], fit: Fit) -> Replay:
        candidates = [row.candidate for row in rows]
        votes = {name: [row.votes.get(name) for row in rows] for name in self.policy.machines}
        heard = ManyVotes(fit, candidates, votes)
        chances = [np.nan if c.sampled is None else c.sampled for c in candidates]
        keys = np.empty(len(candidates), dtype=object)
        keys[:] = [one.key for one in candidates]
        return Replay(
            self.labels,
            keys,
            np.array([self._gold(one) for one in candidates], dtype=np.int64),
            np.array(chances, dtype=np.float64),
            np.array([one.group for one in candidates], dtype=object),
            tuple(
                rung_of(self.policy, tier, candidates, heard, votes)
                for tier in range(len(self.policy.tiers))
            ),
        )

    def _gold(self, candidate: Candidate) -> int:
        if candidate.gold is None:
            return NO_GOLD
        return self.labels.index(candidate.gold) if candidate.gold in self.labels else FOREIGN_GOLD


def _blocks(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    rest = iter(rows)
    while block := list(islice(rest, BLOCK)):
        yield block
