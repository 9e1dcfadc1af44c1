"""Machines asked about one candidate all at once, whatever the ladder says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stepladder.annotators.base import Waiting
from stepladder.engine.climber import Climber
from stepladder.engine.hands import all_of
from stepladder.engine.replay import Work
from stepladder.types import Vote


async def votes_off_ladder(
    climber: Climber, work: Work, names: Sequence[str]
) -> Mapping[str, Vote]:
    """The votes of these machines, in this order; none of those that the budget does not reach.

    What is known is not bought again. Raises Interrupted when the run stops.
    """
    staff, candidate = climber.staff, work.candidate
    known = staff.votes_of(work.votes)
    found = {name: known[name] for name in names if name in known}
    missing = {name for name in names if name not in found}
    reachable = staff.reachable(candidate)
    tiers = [t for t in reachable if missing.intersection(staff.asked_in(t, candidate))]
    others = {call for n, calls in staff.calls.items() if n not in missing for call in calls}
    spared = work.votes.keys() | others
    try:
        if missing and (claim := await climber.reserve(candidate, tiers, spared)):
            paid = {n for t in tiers if t <= claim.hold.reach for n in staff.asked_in(t, candidate)}
            asked = [name for name in names if name in missing & paid]
            replies = await all_of(climber.vote(name, candidate, work.votes) for name in asked)
            given = zip(asked, replies, strict=True)
            found |= {name: r for name, r in given if not isinstance(r, Waiting)}
    finally:
        climber.release(candidate)
    return {name: found[name] for name in names if name in found}
