"""One call of `stepladder next-gold`: choose, write the sheet, and say what to do with it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.failing import complain
from stepladder.cli.recording_warnings import warnings_of_recording
from stepladder.cli.screen import many, screen
from stepladder.cli.searched import Searched
from stepladder.recording import Recording
from stepladder.task.gold_sheet import check_new, write_sheet
from stepladder.tune import End, Wish
from stepladder.tune.goal import AtMostError
from stepladder.tune.material import Material
from stepladder.tune.next_gold import NextGold, next_gold
from stepladder.tune.promise import Of


@dataclass(frozen=True, slots=True)
class NextGoldRequest:
    """The command's arguments and options as they were given."""

    searched: Searched
    error: float
    sheet: Path
    rows: int
    seed: int


def carry_out(request: NextGoldRequest) -> None:
    """The whole command; raises UserError for what can be mended."""
    check_new(request.sheet)
    recording = request.searched.opened()
    base = request.searched.base(recording)
    goal = AtMostError(request.error, Of.DELIVERED)
    wish = Wish(goal, None, End.PERSON, tiers=1, seed=request.seed)
    material = Material(recording, base, request.searched.priced(base), wish)
    for warning in warnings_of_recording(recording):
        complain("warning", warning)
    found = next_gold(material, request.error, request.rows)
    _write(request, recording, found)
    screen().print(
        f"Wrote {many(len(found.free) + len(found.test), 'row')} to {request.sheet}: "
        f"{len(found.free):,} that people would get anyway and that teach, and "
        f"{len(found.test):,} drawn at random from the other {found.left:,}, which test.\n"
        f"Fill its column label, and give it back:\n"
        f"  {_next(request)}",
        soft_wrap=True,
    )


def _next(request: NextGoldRequest) -> str:
    searched = request.searched
    options = {"--policy": searched.policy, "--task": searched.task, "--prices": searched.prices}
    words = [f"{name} {path}" for name, path in options.items() if path is not None]
    words += [f"--annotators {','.join(searched.annotators)}"] if searched.annotators else []
    return " ".join(
        [
            f"stepladder tune {searched.recording} --gold {request.sheet}",
            *words,
            f"--count-gold --max-error {request.error:g} --with-confidence 0.95 --out tuned.toml",
        ]
    )


def _write(request: NextGoldRequest, recording: Recording, found: NextGold) -> None:
    # Shuffled, so that nobody takes more care with one kind of row.
    rows = [*found.free, *found.test]
    random.Random(request.seed).shuffle(rows)  # noqa: S311
    write_sheet(request.sheet, recording.task, rows, chances=True)
