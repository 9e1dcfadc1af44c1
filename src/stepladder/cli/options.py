"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from unicodedata import category

import typer

if TYPE_CHECKING:
    from stepladder.types import Usd

SEEDS = range(-(2**63), 2**63)
"""What a ledger can hold."""
UNPRINTED = frozenset({"Cc", "Cs"})
"""Unicode's control characters, and halves of characters, which UTF-8 cannot hold."""


def _seed(number: int) -> int:
    if number not in SEEDS:
        raise typer.BadParameter(f"{number} does not fit into 64 bits; give a smaller one")
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
