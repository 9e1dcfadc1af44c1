"""One call of `stepladder next-gold`: choose, write the sheet, and say what to do with it."""

from __future__ import annotations

import random
import shlex
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.failing import complain
from stepladder.cli.recording_warnings import warnings_of_recording
from stepladder.cli.screen import many, screen
from stepladder.cli.searched import Searched
from stepladder.cli.today import today
from stepladder.cli.typed import typed
from stepladder.recording import Recording
from stepladder.task.gold_sheet import check_new, write_sheet
from stepladder.tune import End, Wish
from stepladder.tune.goal import AtMostError
from stepladder.tune.material import Material
from stepladder.tune.next_gold import NextGold, next_gold
from stepladder.tune.promise import Of

CONFIDENCE = 0.95
"""Of the promise in the command that comes next."""


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
    """The command that takes the sheet, as one would type it."""
    searched = request.searched
    sheets = [word for sheet in (*searched.gold, request.sheet) for word in ("--gold", str(sheet))]
    given = {
        "--policy": searched.policy,
        "--task": searched.task,
        "--annotators": ",".join(searched.annotators) or None,
        "--prices": searched.prices,
        "--at": None if searched.day == today() else searched.day.isoformat(),
        "--max-error": request.error,
        "--with-confidence": CONFIDENCE,
        "--seed": request.seed or None,
        "--out": "tuned.toml",
    }
    words = ["stepladder", "tune", str(searched.recording), *sheets, "--count-gold", *typed(given)]
    return shlex.join(words)


def _write(request: NextGoldRequest, recording: Recording, found: NextGold) -> None:
    # Shuffled, so that nobody takes more care with one kind of row.
    rows = [*found.free, *found.test]
    random.Random(request.seed).shuffle(rows)  # noqa: S311
    write_sheet(request.sheet, recording.task, rows, chances=True)
