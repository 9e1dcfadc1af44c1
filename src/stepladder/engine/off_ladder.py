"""Machines asked about one candidate all at once, whatever the ladder says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stepladder.engine.call import Call
from stepladder.engine.climber import Climber
from stepladder.engine.hands import all_of
from stepladder.engine.replay import Work
from stepladder.types import Vote


async def draws_off_ladder(
    climber: Climber, work: Work, names: Sequence[str]
) -> Mapping[Call, Vote]:
    """All draws of these machines, in this order; none of one that the budget does not reach.

    What is known is not bought again. Raises Interrupted when the run stops.
    """
    staff, candidate, known = climber.staff, work.candidate, work.votes
    missing = {n for n in names if any(call not in known for call in staff.calls[n])}
    tiers = [t for t in staff.reachable(candidate) if missing & {*staff.asked_in(t, candidate)}]
    others = {call for n, calls in staff.calls.items() if n not in missing for call in calls}
    try:
        claim = await climber.reserve(candidate, tiers, known.keys() | others) if missing else None
        reach = claim.hold.reach if claim else -1
        paid = {n for t in tiers if t <= reach for n in staff.asked_in(t, candidate)}
        asked = [name for name in names if name in paid or name not in missing]
        given = await all_of(climber.draws(name, candidate, known) for name in asked)
    finally:
        climber.release(candidate)
    return {Call.of(one): one for replies in given for one in replies if isinstance(one, Vote)}
