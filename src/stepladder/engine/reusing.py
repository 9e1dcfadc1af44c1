"""Which of a candidate's stored votes count today, and which failures are not asked again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from stepladder.engine.call import Call
from stepladder.engine.staff import Staff
from stepladder.ledger import Decided
from stepladder.types import Candidate, Status, Vote

GOLD_ROUTE = ("gold",)
"""The route of a calibration row: its label is its gold."""


def reusable(
    candidate: Candidate,
    votes: Sequence[Vote],
    decided: Decided | None,
    staff: Staff,
    past: Collection[str],
) -> Mapping[Call, Vote]:
    """The last vote of each call that answers today's prompt.

    An error is no answer and is asked again, unless the candidate went on past it:
    asking again would pay twice for what was decided without it. Those of the annotators
    in `past` count as gone past, whatever was decided.
    """
    today = [vote for vote in votes if _answers_today(vote, candidate, staff)]
    if all(vote.answered for vote in today):
        return {Call.of(vote): vote for vote in today}
    kept = _calls(past, staff) | _went_past(candidate, decided, staff, today)
    return {Call.of(vote): vote for vote in today if vote.answered or Call.of(vote) in kept}


def _answers_today(vote: Vote, candidate: Candidate, staff: Staff) -> bool:
    call = Call.of(vote)
    # Another policy may have taken draws that this one does not, of variants that are gone.
    if call not in staff.calls.get(call.annotator, ()):
        return False
    return vote.key == staff.annotators[call.annotator].key(candidate, call.draw)


def _went_past(
    candidate: Candidate, decided: Decided | None, staff: Staff, votes: Sequence[Vote]
) -> frozenset[Call]:
    """The calls whose failures a decision has already taken into account."""
    if decided is None or decided.decision.status is Status.FAILED:
        return frozenset()
    route = decided.decision.route
    if route == GOLD_ROUTE:
        return _calls(staff.policy.machines, staff)
    if decided.decision.status is not Status.ABSTAINED:
        return _calls(staff.asked_on(route, candidate), staff)
    # Whoever gave nothing at the top may have been down: the candidate did not go past it.
    below, top = staff.asked_on(route[:-1], candidate), staff.asked_on(route[-1:], candidate)
    return _calls(below, staff) | (_calls(top, staff) & _heard_beside(votes))


def _calls(names: Iterable[str], staff: Staff) -> frozenset[Call]:
    return frozenset(call for name in names for call in staff.calls[name])


def _heard_beside(votes: Sequence[Vote]) -> frozenset[Call]:
    """Those beside which another draw of the same vote was answered.

    An answer that came when the vote was asked for once more says nothing of a draw that
    was not: the run stopped before it was.
    """
    asked = Counter(map(Call.of, votes))
    answered = [Call.of(vote) for vote in votes if vote.answered]
    return frozenset(
        call
        for call, times in asked.items()
        if any(one.annotator == call.annotator and asked[one] <= times for one in answered)
    )
