"""SIGKILL at random moments and at the writes of the ledger: no answer is lost or bought twice."""

from __future__ import annotations

import pytest
from soaked import soaked


def killed(number: int, seed: int) -> None:
    """Kill so many runs and resume them; in a process of its own, which forks."""
    soaked("--kills", str(number), "--seed", str(seed))


def test_a_killed_run_buys_nothing_again_and_decides_as_if_left_alone() -> None:
    killed(8, seed=1000)


@pytest.mark.slow
def test_forty_killed_runs_buy_nothing_again_and_decide_as_if_left_alone() -> None:
    killed(40, seed=2000)
