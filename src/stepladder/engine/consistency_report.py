"""What the answers of machines to several wordings come to, machine by machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepladder.audit.drift import Drift, Twice, drift
from stepladder.audit.steadiness import Steadiness, steadiness
from stepladder.engine.call import Call
from stepladder.engine.interview import Heard, Interview
from stepladder.engine.questions import Questions
from stepladder.engine.rewording import readings
from stepladder.types import FIRST, UNUSED, CandidateKey, Draw, Usage, Usd, Vote, total


@dataclass(frozen=True, slots=True)
class Past:
    """What answers are compared with."""

    votes: Mapping[CandidateKey, Mapping[str, Vote]]
    """Earlier ones by candidate and annotator."""
    tolerance: float
    """The share that may change and still count as no change, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What an annotator's answers cost, whenever they were bought."""

    candidates: int
    """About which it was asked."""
    wordings: int
    """In which it was asked about each, the task's own included."""
    usage: Usage
    """Of all draws."""
    cost: Usd
    """Of all draws."""
    in_wordings: Usd
    """Of the draws in different words alone, which agreement is made of."""

    @property
    def per_candidate(self) -> Usd:
        """Of all draws, rounded up."""
        return _part(self.cost, self.candidates)

    @property
    def per_thousand(self) -> Usd:
        """What agreement under these wordings would cost for 1,000 candidates, rounded up."""
        return _part(self.in_wordings * 1000, self.candidates)


@dataclass(frozen=True, slots=True)
class Again:
    """One annotator's answers beside its earlier ones."""

    drift: Drift
    models_before: Mapping[str, int]
    """The versions that the provider said answered, with how often."""
    models_after: Mapping[str, int]
    same_question: int
    """Candidates that were asked about in the same prompt, with the same model and settings."""
    known: int
    """Today's answers that were in today's ledger before: they may be older than today."""


@dataclass(frozen=True, slots=True)
class AnnotatorReport:
    """One annotator."""

    name: str
    steadiness: Steadiness
    paid: Paid
    known: int
    """Draws that the ledger had before."""
    errors: int
    """Draws that nobody answered; they are compared with nothing."""
    unlabelled: int
    """Answers that name no label."""
    unpaid: int
    """Candidates that the budget did not reach."""
    again: Again | None
    """None unless earlier votes were given."""


def report(run: Interview, past: Past | None = None) -> list[AnnotatorReport]:
    """One report for each annotator, cheap ones first."""
    return [_reported(name, run.questions, run.heard, past) for name in run.questions.names]


def _reported(
    name: str, questions: Questions, heard: Sequence[Heard], past: Past | None
) -> AnnotatorReport:
    calls = [Call(name, draw) for draw in questions.draws]
    mine = [[one.votes[call] for call in calls if call in one.votes] for one in heard]
    votes = [vote for votes in mine for vote in votes]
    read = readings(((one.candidate, one.votes) for one in heard), calls)
    return AnnotatorReport(
        name=name,
        steadiness=steadiness(read, questions.draws),
        paid=_paid(mine, questions.draws),
        known=sum(call in one.known for one in heard for call in calls),
        errors=sum(not vote.answered for vote in votes),
        unlabelled=sum(vote.answered and vote.label is None for vote in votes),
        unpaid=sum(name in one.unpaid for one in heard),
        again=None if past is None else _again(name, questions, heard, past),
    )


def _paid(mine: Sequence[Sequence[Vote]], draws: Sequence[Draw]) -> Paid:
    votes = [vote for votes in mine for vote in votes]
    return Paid(
        candidates=sum(bool(votes) for votes in mine),
        wordings=sum(not draw.sample for draw in draws),
        usage=sum((vote.usage for vote in votes), UNUSED),
        cost=total(vote.cost for vote in votes),
        in_wordings=total(vote.cost for vote in votes if not vote.sample),
    )


def _again(name: str, questions: Questions, heard: Sequence[Heard], past: Past) -> Again:
    call = Call(name, FIRST)
    both = [
        (one, past.votes[one.candidate.key][name], one.votes[call])
        for one in heard
        if name in past.votes.get(one.candidate.key, {})
        and call in one.votes
        and one.votes[call].answered
    ]
    twice = [Twice(old.label, new.label, one.candidate.gold) for one, old, new in both]
    return Again(
        drift=drift(twice, questions.setup.task.label_names, past.tolerance),
        models_before=Counter(old.model for _, old, _ in both),
        models_after=Counter(new.model for _, _, new in both),
        same_question=sum(old.key == new.key for _, old, new in both),
        known=sum(call in one.known for one, _, _ in both),
    )


def _part(amount: Usd, parts: int) -> Usd:
    return Usd(-(-amount.pico // parts)) if parts else amount
