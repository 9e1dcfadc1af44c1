"""The soak's own watch: what counts as a wall that was passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.soak_watch import Report, Watch
from stepladder.engine.account import Wall
from stepladder.types import Usd


@pytest.mark.parametrize(
    ("limit", "seen", "complains"),
    [
        pytest.param(10, [(0, 0), (0, 10), (10, 0)], False, id="all of it"),
        pytest.param(10, [(0, 5), (5, 6)], True, id="held beyond it"),
        pytest.param(10, [(0, 5), (11, 0)], True, id="spent beyond it"),
        # The run was started before with a higher budget, which its owner has lowered.
        pytest.param(10, [(0, 0), (15, 0), (15, 0)], False, id="lowered"),
        pytest.param(10, [(0, 0), (15, 0), (16, 0)], True, id="lowered and spent"),
        pytest.param(10, [(15, 0), (15, 1)], True, id="lowered and held"),
        pytest.param(10, [(0, 5), (5, -1)], True, id="less than nothing held"),
    ],
)
def test_the_watch_complains_about_money_beyond_the_wall(
    tmp_path: Path, limit: int, seen: list[tuple[int, int]], complains: bool
) -> None:
    wall, report = Wall(Usd(limit)), tmp_path / "report"
    watch = Watch(Report(report), walls=[("run", wall)])
    for spent, held in seen:
        wall.spent, wall.held = Usd(spent), Usd(held)
        watch.look()
    assert report.exists() == complains
