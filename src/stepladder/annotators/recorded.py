"""The votes of a past run, as an annotator."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from stepladder.annotators.base import Answer, Reply
from stepladder.annotators.in_process import InProcess
from stepladder.annotators.recording import RecordedVote, read_votes, said_of
from stepladder.digest import digest
from stepladder.errors import RejectedError
from stepladder.recording.labels import LabelReader
from stepladder.recording.line import ASSUMED
from stepladder.task import Task
from stepladder.types import FIRST, UNUSED, Candidate, Draw, Labelled, Usage, Vote


class RecordedAnnotator(InProcess):
    """Repeats what `annotator` said in a recording, candidates matched by id.

    ::

        RecordedAnnotator("weak", Path("votes.jsonl"), "gpt-4o-mini-2024-07-18", task)

    A vote that is missing raises RejectedError.
    """

    def __init__(self, name: str, recording: Path, annotator: str, task: Task) -> None:
        super().__init__(name)
        self._path = recording
        self._annotator = annotator
        self._reader = LabelReader(task)

    @cached_property
    def _votes(self) -> Mapping[str, tuple[RecordedVote, ...]]:
        return read_votes(self._path, self._annotator)

    async def open(self) -> None:
        """Read the recording; raises TableError naming file and line."""
        _ = self._votes

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:  # noqa: ARG002
        """Exactly what the recorded attempt used."""
        vote = self._vote(candidate)
        return vote.usage if vote else ASSUMED

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """Digest of the name, the id, the question and what was recorded."""
        vote = self._vote(candidate)
        recorded = (vote.outcome, vote.confidence, vote.usage) if vote else ()
        return digest("recorded", self.name, *candidate.key, repr(recorded), *draw.parts)

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:  # noqa: ARG002
        """The recorded vote; raises RejectedError when there is none, or its confidence is none."""
        vote = self._vote(candidate)
        if vote is None:
            raise self._refused(candidate, f"has no vote of {self._annotator!r} on", UNUSED)
        try:
            read = self._reader.read(vote)
        except ValueError as problem:
            raise self._refused(candidate, f"{problem}, on", vote.usage) from None
        text = vote.outcome.label if isinstance(vote.outcome, Labelled) else vote.outcome.detail
        return Answer(
            read.outcome, read.confidence, read.usage, read.model or self._annotator, text
        )

    def _refused(self, candidate: Candidate, what: str, billed: Usage) -> RejectedError:
        return RejectedError(
            f"{self.name}: {self._path} {what} candidate {candidate.id!r}",
            billed=billed,
            free=billed == UNUSED,
        )

    def _vote(self, candidate: Candidate) -> Vote | None:
        return said_of(self._votes, candidate.id, candidate.question)
