"""Machines that were down when an earlier start calibrated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stepladder.engine.climber import Climber
from stepladder.engine.replay import work_through
from stepladder.types import Candidate


async def down_before(climber: Climber, rows: Sequence[Candidate]) -> frozenset[str]:
    """Those that failed about some calibration rows and answered too few to be calibrated.

    Elsewhere a failure that was decided past is not asked again, and on these rows neither:
    a label that is gold does not wait for anybody. But an outage must not leave a machine
    uncalibrated for good. Raises LedgerError when the ledger cannot be read.
    """
    staff, failed, answered = climber.staff, Counter[str](), Counter[str]()
    if not await climber.ledger.has_fit():
        return frozenset()
    for item in work_through(rows, climber.ledger, staff, climber.brake):
        known = (await item.read()).votes
        failed.update(call.annotator for call, vote in known.items() if not vote.answered)
        votes = staff.votes_of(known).items()
        answered.update(name for name, vote in votes if vote.label is not None)
    minimum = staff.policy.calibration.minimum
    return frozenset(name for name in failed if answered[name] < minimum)
