"""An outage while gold was asked about: the next start mends it, and pays nothing twice."""

from __future__ import annotations

from pathlib import Path

from cascade import Cascade, scripted

from stepladder.errors import RejectedError
from stepladder.types import Candidate

GOLD = [Candidate(f"g{n}", {"text": f"t{n}"}, gold=("yes", "no")[n % 2]) for n in range(40)]
RIGHT = {one.id: one.gold or "" for one in GOLD}
CALIBRATION = {"rows": 20, "minimum": 10, "prior": False}


async def calibrated(folder: Path, weak: object, strong: object) -> bool:
    cascade = Cascade(folder, weak, strong, calibration=CALIBRATION)  # type: ignore[arg-type]
    run = cascade.run(GOLD)
    assert len([f async for f in run.decisions()]) == 40
    assert run.calibrated is not None
    return run.calibrated.fit.annotators["strong"].calibrated


async def test_who_was_down_is_asked_again_until_it_is_calibrated(tmp_path: Path) -> None:
    down = {"*": RejectedError("down", free=True)}
    assert not await calibrated(
        tmp_path, scripted("weak", RIGHT), scripted("strong", RIGHT, errors=down)
    )
    weak, strong = scripted("weak", RIGHT), scripted("strong", RIGHT)
    assert await calibrated(tmp_path, weak, strong)
    assert weak.asked == []
    assert len(strong.asked) >= 20
    assert await calibrated(
        tmp_path, again := scripted("weak", RIGHT), last := scripted("strong", RIGHT)
    )
    assert again.asked == last.asked == []


async def test_a_few_failures_of_who_is_calibrated_are_left_alone(tmp_path: Path) -> None:
    some = {one.id: RejectedError("down", free=True) for one in GOLD[:4]}
    assert await calibrated(
        tmp_path, scripted("weak", RIGHT), scripted("strong", RIGHT, errors=some)
    )
    strong = scripted("strong", RIGHT)
    assert await calibrated(tmp_path, scripted("weak", RIGHT), strong)
    assert strong.asked == []
