"""One annotator's votes out of a recording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stepladder.errors import TableError
from stepladder.nearest import did_you_mean
from stepladder.recording.contents import rows_in
from stepladder.types import BASE, SINGLE_QUESTION, Vote


@dataclass(frozen=True, slots=True)
class RecordedVote:
    """One line of a recording, as far as one annotator is concerned."""

    question: str
    """The question as recorded; empty where there was only one."""
    vote: Vote | None
    """What the annotator said, its label as written; None where it did not vote."""
    line: int
    """Where in the recording."""


def read_votes(path: Path, annotator: str) -> Mapping[str, tuple[RecordedVote, ...]]:
    """One annotator's votes by candidate id; raises TableError naming file and line."""
    votes: dict[str, list[RecordedVote]] = defaultdict(list)
    heard: set[str] = set()
    for row, found in rows_in(path):
        heard |= found.votes.keys()
        identity = found.candidate.id
        question = "" if not row.values.get("question") else found.candidate.question
        before = votes[identity]
        if any(other.question == question for other in before):
            raise TableError(f"{path}:{row.line}: id {identity!r} was in line {before[0].line}")
        before.append(RecordedVote(question, _own(found.votes.get(annotator, ())), row.line))
    if annotator not in heard:
        raise TableError(f"{path}: no votes of {annotator!r}; {did_you_mean(annotator, heard)}")
    return {id_: tuple(given) for id_, given in votes.items()}


def _own(drawn: tuple[Vote, ...]) -> Vote | None:
    """The draw in the task's own wording; the first one where there is none."""
    own = (vote for vote in drawn if vote.variant == BASE)
    return next(own, drawn[0] if drawn else None)


def said_of(
    votes: Mapping[str, tuple[RecordedVote, ...]], identity: str, question: str
) -> Vote | None:
    """The vote about a candidate, or None."""
    found = votes.get(identity, ())
    asked = [one for one in found if one.question == question]
    if asked or len(found) != 1:
        return asked[0].vote if asked else None
    # One side may leave the question to the id, such as "17__food".
    unnamed = question == SINGLE_QUESTION or found[0].question in {"", SINGLE_QUESTION}
    return found[0].vote if unnamed else None
