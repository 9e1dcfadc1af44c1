"""Machines that were down when an earlier start calibrated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from stepladder.engine.replay import Work
from stepladder.engine.staff import Staff


def down_before(staff: Staff, rows: Iterable[Work]) -> frozenset[str]:
    """Those that failed about some calibration rows and answered too few to be calibrated.

    Elsewhere a failure that was decided past is not asked again, and on these rows neither:
    a label that is gold does not wait for anybody. But an outage must not leave a machine
    uncalibrated for good.
    """
    failed, answered = Counter[str](), Counter[str]()
    for row in rows:
        failed.update(call.annotator for call, vote in row.votes.items() if not vote.answered)
        votes = staff.votes_of(row.votes).items()
        answered.update(name for name, vote in votes if vote.label is not None)
    minimum = staff.policy.calibration.minimum
    return frozenset(name for name in failed if answered[name] < minimum)
