"""What annotators say of texts without content, for contextual calibration.

Zhao et al., "Calibrate Before Use: Improving Few-Shot Performance of Language Models"
(2102.09690), section 5: what a model thinks of "N/A", "[MASK]" and an empty text is its
liking for each label. A dash stands for the empty text, since no candidate is empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from stepladder.annotators.base import Waiting
from stepladder.engine.climber import Climber
from stepladder.engine.hands import all_of
from stepladder.engine.replay import Work, work_through
from stepladder.policy import Correction, Policy, confidence_of
from stepladder.task import Task
from stepladder.task.template import template_columns
from stepladder.types import Candidate, Vote

TEXTS = ("N/A", "[MASK]", "-")
"""What stands in every column that the prompt shows."""
MARK = "content-free: "
"""How the ids of such candidates begin."""


def content_free(task: Task) -> tuple[Candidate, ...]:
    """The candidates without content, the same ones in every run of the task."""
    columns = template_columns(task.text)
    return tuple(Candidate(f"{MARK}{text}", dict.fromkeys(columns, text)) for text in TEXTS)


def contextual(policy: Policy) -> tuple[str, ...]:
    """The annotators whose tier wants what they say of such candidates."""
    specs = {name: confidence_of(policy, name) for name in policy.machines}
    return tuple(n for n, one in specs.items() if one and one.correct is Correction.CONTEXTUAL)


async def ask_content_free(climber: Climber) -> Mapping[str, tuple[Vote, ...]]:
    """The votes of every annotator that is corrected by them; those known are not bought again.

    Fewer come back where the budget ends before. Raises Interrupted when the run stops.
    """
    names = contextual(climber.staff.policy)
    if not names:
        return {}
    # Asking again for what failed would pay twice, and refit what was decided without it.
    past = names if await climber.ledger.has_fit() else ()
    found: defaultdict[str, list[Vote]] = defaultdict(list)
    candidates = content_free(climber.staff.task)
    for item in work_through(candidates, climber.ledger, climber.staff, climber.brake, past):
        for vote in await _ask(climber, await item.read(), names):
            found[vote.annotator].append(vote)
    return {name: tuple(votes) for name, votes in found.items()}


async def _ask(climber: Climber, work: Work, names: tuple[str, ...]) -> list[Vote]:
    """In the order of names; without those where the budget does not reach."""
    staff, candidate = climber.staff, work.candidate
    known = staff.votes_of(work.votes)
    found = {name: known[name] for name in names if name in known}
    missing = {name for name in names if name not in known}
    tiers = [
        t for t in staff.reachable(candidate) if missing.intersection(staff.asked_in(t, candidate))
    ]
    unasked = {call for n, calls in staff.calls.items() if n not in missing for call in calls}
    try:
        if missing and (claim := await climber.reserve(candidate, tiers, unasked)):
            paid = {n for t in tiers if t <= claim.hold.reach for n in staff.asked_in(t, candidate)}
            asked = [name for name in names if name in missing & paid]
            replies = await all_of(climber.vote(name, candidate, work.votes) for name in asked)
            given = zip(asked, replies, strict=True)
            found |= {name: r for name, r in given if not isinstance(r, Waiting)}
    finally:
        climber.release(candidate)
    return [found[name] for name in names if name in found]
