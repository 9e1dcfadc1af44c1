"""Whether there is gold enough to teach, and whether it may test."""

from __future__ import annotations

from collections.abc import Sequence

from stepladder.errors import UserError
from stepladder.tune.gold_rows import GoldRows

FEWEST = 30
"""Rows without which nothing is calibrated."""
SHOWN = 5
"""Labels of another task that are named."""


def check_enough(gold: GoldRows, labels: Sequence[str]) -> None:
    """Raise UserError where so little gold teaches nothing."""
    usable = [one for one in gold.known if one.usable]
    if gold.known and not usable:
        foreign = sorted({one.row.gold for one in gold.known})[:SHOWN]
        raise UserError(
            f"no gold is a label of the task: it says {', '.join(map(repr, foreign))}, and the "
            f"labels are {', '.join(map(repr, labels))}; give the --task of this recording"
        )
    if len(usable) < FEWEST:
        left = f" ({gold.incomplete} more lack a vote)" if gold.incomplete else ""
        raise UserError(
            f"{len(usable)} rows of gold with a vote of everybody{left}: at least {FEWEST} are "
            "needed; `stepladder gold` draws more to label"
        )
    if len(gold.groups) < 2:
        raise UserError(
            f"all gold is of one group, {gold.groups[0]!r}: nothing can be judged on groups "
            "that were not seen; give gold of more groups"
        )
    seen = {one.row.gold for one in usable}
    if len(seen) < 2:
        raise UserError(
            f"all gold is {min(seen)!r}: it cannot tell right votes from wrong ones; "
            f"give gold of {' or '.join(map(repr, (x for x in labels if x not in seen)))} too"
        )


def check_chances(gold: GoldRows) -> None:
    """Raise UserError where rows that test were drawn with unequal chances."""
    groups = frozenset(gold.testable)
    chances = {one.row.candidate.sampled for one in gold.known if one.row.group in groups}
    if len(chances) > 1:
        low, high = min(c or 0 for c in chances), max(c or 0 for c in chances)
        raise UserError(
            f"--with-confidence: gold was drawn with chances from {low:g} to {high:g}; a "
            "promise is tested on gold drawn with equal ones (`stepladder gold` without "
            "--stratify); leave it out, or draw anew"
        )
