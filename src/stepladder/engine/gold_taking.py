"""Gold that came back on a sheet, into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stepladder.engine.gold_draw import Entries
from stepladder.ledger import GoldBook, Origin
from stepladder.task.gold_sheet import SheetAnswer


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet held."""

    new: int
    """Answers to what was not answered yet."""
    changed: int
    """Answers that replace another one."""
    same: int
    """Answers that the ledger had already."""
    empty: int
    """Rows without an answer."""


def take(book: GoldBook, entries: Entries, answers: Sequence[SheetAnswer]) -> Taken:
    """Keep what is new or changed, all or none; raises LedgerError when it cannot be kept."""
    given = [one for one in answers if one.label is not None]
    fresh = [one for one in given if entries[one.key].label != one.label]
    new = sum(entries[one.key].label is None for one in fresh)
    book.add([replace(entries[one.key], label=one.label, origin=Origin.SHEET) for one in fresh])
    return Taken(new, len(fresh) - new, len(given) - len(fresh), len(answers) - len(given))
