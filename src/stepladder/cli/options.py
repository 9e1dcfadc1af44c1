"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from unicodedata import category

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from fractions import Fraction

    from stepladder.types import Usd

SEEDS = range(2**63)
"""What a ledger can hold, and numpy takes."""
MOST_TIMES = 1_000_000
"""A factor beyond which a price is a slip."""
UNPRINTED = frozenset({"Cc", "Cs"})
"""Unicode's control characters, and halves of characters, which UTF-8 cannot hold."""


def _seed(number: int) -> int:
    if number not in SEEDS:
        raise typer.BadParameter(f"{number}: give a whole number from 0 to {SEEDS[-1]}")
    return number


CandidatesFile = Annotated[
    Path,
    typer.Argument(
        metavar="CANDIDATES",
        help="What to label: a CSV, JSONL or Parquet file.",
        show_default=False,
    ),
]
TaskFile = Annotated[
    Path,
    typer.Option("--task", metavar="T.toml", help="What is asked: labels, instructions, examples."),
]
PolicyFile = Annotated[
    Path,
    typer.Option(
        "--policy", metavar="P.toml", help="Who is asked, or a shipped policy such as local-only."
    ),
]
Seed = Annotated[int, typer.Option(callback=_seed, help="Chooses the calibration rows.")]
DrawSeed = Annotated[int, typer.Option("--seed", callback=_seed, help="Chooses the rows.")]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N candidates.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Ledger = Annotated[str | None, typer.Option(metavar="URL", help="Such as sqlite:///reviews.db.")]

RecordingFile = Annotated[
    Path,
    typer.Argument(
        metavar="RECORDING",
        help="Votes, usage and gold of a past run: JSONL or Parquet.",
        show_default=False,
    ),
]
TaskOfRecording = Annotated[
    Path | None,
    typer.Option("--task", metavar="T.toml", help="Its labels; by default the recording's own."),
]
Day = Annotated[
    str | None, typer.Option("--at", metavar="DATE", help="Day whose prices count; default today.")
]
OwnPrices = Annotated[
    Path | None, typer.Option("--prices", metavar="TABLE", help="A price table of your own.")
]
GoldSheets = Annotated[
    list[Path] | None,
    typer.Option(
        "--gold",
        metavar="SHEET.csv",
        help="Gold that came later, for rows that had none; several in the order they came.",
    ),
]
HumanPrice = Annotated[str | None, typer.Option(metavar="USD", help="For one answer of a person.")]


def names(option: str, text: str | None) -> tuple[str, ...]:
    """What stands between commas, each once; nothing for what was not given.

    Raises UserError naming the option where nothing stands there.
    """
    from stepladder.errors import UserError

    if text is None:
        return ()
    found = dict.fromkeys(name.strip() for name in text.split(",") if name.strip())
    if not found:
        raise UserError(f"{option} {text!r}: names nobody; write names between commas")
    return tuple(found)


def day(option: str, text: str | None) -> date:
    """A day as it was typed, by default today; raises UserError naming the option."""
    from datetime import date

    from stepladder.cli.today import today
    from stepladder.errors import UserError

    if text is None:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{option} {text}: not a day; write one such as 2026-11-01") from None


def share(option: str, text: str | None) -> Fraction:
    """A share as it was typed, by default none; raises UserError naming the option."""
    from stepladder.errors import UserError

    found = _fraction(text or "0")
    if found is None or not 0 <= found <= 1:
        raise UserError(f"{option} {text}: not a share; write a number from 0 to 1")
    return found


def probability(option: str, text: str | None) -> float | None:
    """A probability as it was typed, between 0 and 1; raises UserError naming the option."""
    from stepladder.errors import UserError

    if text is None:
        return None
    found = _fraction(text)
    if found is None or not 0 < found < 1:
        raise UserError(f"{option} {text}: write a number between 0 and 1, such as 0.05")
    return float(found)


def factors(option: str, given: Sequence[str]) -> Mapping[str, Fraction]:
    """Names with a factor each, as they were typed; raises UserError naming the option."""
    from stepladder.errors import UserError

    found: dict[str, Fraction] = {}
    for text in given:
        name, _, factor = text.rpartition("=")
        times = _fraction(factor)
        if not name or times is None:
            raise UserError(f"{option} {text}: write a name and a factor, such as large=2")
        found[name] = times
    return found


def _fraction(text: str) -> Fraction | None:
    from fractions import Fraction

    try:
        number = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return number if 0 <= number < MOST_TIMES else None


def amount(option: str, text: str | None) -> Usd | None:
    """An amount in USD as it was typed; raises UserError naming the option."""
    if text is None:
        return None
    from stepladder.errors import UserError
    from stepladder.types import NOTHING, Usd

    try:
        usd = Usd.of(text)
    except ValueError:
        usd = None
    if usd is None or usd < NOTHING:
        raise UserError(f"{option} {text}: not an amount in USD; write a number such as 2.50")
    return usd


def run_name(name: str) -> str:
    """A run's name as it was typed; raises UserError when a ledger cannot hold or show it."""
    if any(category(sign) in UNPRINTED for sign in name):
        from stepladder.errors import UserError

        raise UserError(
            f"--run {name!r}: holds a control character or one that is not UTF-8; name it otherwise"
        )
    return name
