"""Texts that a spreadsheet would run as formulas, kept as texts in CSV files."""

from __future__ import annotations

import re

FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
"""How a text begins that a spreadsheet may run, or that `defused` has changed already."""
HARMLESS = re.compile(r"[+-]?[0-9]*(?:[.,][0-9]+)*")
"""Plain numbers and lone signs: nothing to run, and ids such as -5 must stay as they are."""


def defused(text: str) -> str:
    """The text as a CSV file shows it: an apostrophe before what would be run as a formula.

    Plain numbers such as -5 stay as they are. `restored` undoes it exactly, also
    where the text began with an apostrophe of its own.
    """
    return f"'{text}" if FORMULA.match(text) and not HARMLESS.fullmatch(text) else text


def restored(text: str) -> str:
    """The text that `defused` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
