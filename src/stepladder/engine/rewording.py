"""What gold says of the wordings that a vote under variants is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stepladder.audit.reading import Reading
from stepladder.audit.wording_change import WordingChange, by_wording
from stepladder.engine.call import Call
from stepladder.engine.staff import Staff
from stepladder.policy import confidence_of
from stepladder.types import FIRST, Candidate, CandidateKey, Source, Vote


@dataclass(frozen=True, slots=True)
class Reworded:
    """One annotator, and a wording that does not mean the same to it."""

    annotator: str
    change: WordingChange


def readings(
    heard: Iterable[tuple[Candidate, Mapping[Call, Vote]]], calls: Sequence[Call]
) -> list[Reading]:
    """One annotator's answers by candidate, of those answered in the task's own wording.

    Only to these calls; errors are no answers.
    """
    found = []
    for candidate, votes in heard:
        mine = {call.draw: votes[call] for call in calls if call in votes}
        answers = {draw: vote.label for draw, vote in mine.items() if vote.answered}
        if FIRST in answers:
            found.append(Reading(answers, candidate.gold))
    return found


def other_meanings(
    staff: Staff,
    gold: Sequence[Candidate],
    drawn: Mapping[CandidateKey, Mapping[Call, Vote]],
) -> tuple[Reworded, ...]:
    """The wordings that are less often right on gold than the task's own, beyond chance.

    Only of annotators whose tier takes variants: their draws are at hand, and their agreement
    counts a wording of another meaning as doubt about the candidate.
    """
    found = []
    for name in staff.policy.machines:
        spec = confidence_of(staff.policy, name)
        if spec is None or spec.source is not Source.VARIANTS:
            continue
        calls = staff.calls[name]
        read = readings(((row, drawn[row.key]) for row in gold), calls)
        changes = by_wording(read, [call.draw for call in calls])
        found += [Reworded(name, change) for change in changes if change.other_meaning]
    return tuple(found)
