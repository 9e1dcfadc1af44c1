"""Whether there is gold enough to teach, and whether it may test."""

from __future__ import annotations

from collections.abc import Sequence

from stepladder.errors import UserError
from stepladder.tune.gold_rows import GoldRows
from stepladder.tune.promise import FEWEST_TEACHING

SLIP = 0.005
"""Part of the drawn rows by which their number may differ from what their chance says."""
SHOWN = 5
"""Labels of another task that are named."""


def check_enough(gold: GoldRows, labels: Sequence[str]) -> None:
    """Raise UserError where so little gold teaches nothing."""
    usable = [one for one in gold.known if one.teaches]
    if gold.known and not usable:
        foreign = sorted({one.row.gold for one in gold.known})[:SHOWN]
        raise UserError(
            f"no gold is a label of the task: it says {', '.join(map(repr, foreign))}, and the "
            f"labels are {', '.join(map(repr, labels))}; give the --task of this recording"
        )
    if len(usable) < FEWEST_TEACHING:
        raise UserError(
            f"{len(usable)} rows of gold with a vote of everybody{_left_out(gold)}: at least "
            f"{FEWEST_TEACHING} are needed; `stepladder gold` draws more to label"
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


def check_enough_left(teaching: GoldRows, gold: GoldRows, labels: Sequence[str]) -> None:
    """Raise UserError where the part of the gold that does not test teaches nothing."""
    try:
        check_enough(teaching, labels)
    except UserError as problem:
        raise UserError(
            f"--with-confidence: most gold has to test, and of {len(gold.known):,} rows of "
            f"{len(gold.groups):,} groups only {len(teaching.known):,} are left to teach: {problem}"
        ) from None


def _left_out(gold: GoldRows) -> str:
    reasons = {"lack a vote": gold.incomplete, "not everybody may see": gold.kept_local}
    words = [f"{rows:,} more {reason}" for reason, rows in reasons.items() if rows]
    return f" ({', '.join(words)})" if words else ""


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


def check_draw(gold: GoldRows) -> None:
    """Raise UserError where what a sheet says of its draw does not fit what is there.

    Rows that test have to be a random part of the rows that had no gold: with the chance p that
    the sheet names, p times all of these were drawn.
    """
    drawn = [one for one in gold.known if one.row.candidate.sampled is not None]
    if not drawn:
        raise UserError(
            "--gold: the sheet does not say which rows were drawn at random (the column sampled of "
            "`stepladder gold` and `next-gold`), and a promise is tested on those alone; give the "
            "sheet with that column"
        )
    chance = drawn[0].row.candidate.sampled or 0.0
    whole = len(drawn) + gold.rest_rows + gold.beside_gold + gold.rest_kept_local
    slip = max(1.0, SLIP * len(drawn))
    # Any part of the gold that not everybody may see may have been drawn too.
    too_many = chance * whole - len(drawn)
    too_few = too_many - (1.0 - chance) * gold.kept_local
    if too_many < -slip or too_few > slip:
        raise UserError(
            f"--gold: by the column sampled, each of {whole:,} rows was drawn with a chance of "
            f"{chance:.4g}, which makes {chance * whole:,.0f}, and {len(drawn):,} were: rows are "
            "missing from the sheet or the recording, or others were added; give them as they were"
        )
