"""What gold is worth to a run that calibrates on it."""

from __future__ import annotations

from stepladder.engine.gold_worth import DEFAULTS, worth
from stepladder.task import Task
from stepladder.task.trusted import Trusted
from stepladder.types import Candidate

TASK = Task.model_validate({"name": "t", "instructions": "Choose.", "labels": ["yes", "no"]})
POOL = [Candidate(f"c{n}", {"text": f"text {n}"}) for n in range(80)]


def test_rows_of_a_rare_stratum_that_are_worth_too_little_are_not_enough() -> None:
    """A run would say the same, since fits count rows by their worth."""
    even = {one.key: Trusted(("yes", "no")[n % 2], 0.5) for n, one in enumerate(POOL)}
    assert worth(POOL, even, TASK, DEFAULTS).enough
    uneven = {
        one.key: Trusted(("yes", "no")[n % 2], 0.02 if n % 2 else 1.0) for n, one in enumerate(POOL)
    }
    found = worth(POOL, uneven, TASK, DEFAULTS)
    assert found.calibrating == 40
    assert found.effective < found.minimum
    assert not found.enough
    assert found.more_helps
