"""Where people read: tables and sentences on stdout, progress on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stepladder.cli.failing import written_out

WIDE = 160
"""Columns where nobody's terminal has a width: in a file or a pipe."""


class Screen(Console):
    """A console that shows what strangers wrote, and never obeys it."""

    def render_str(self, text: str, **how: Any) -> Text:
        """As Console, with control characters and direction marks written out."""
        return super().render_str(written_out(text, keep="\n\t"), **how)


def screen() -> Console:
    """Standard output; what users wrote is never read as markup."""
    return _console(stderr=False)


def margin() -> Console:
    """Standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else WIDE
    return Screen(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)


def table(*columns: str, numbers: frozenset[str] = frozenset(), title: str = "") -> Table:
    """An empty table; the columns in `numbers` are set to the right."""
    empty = Table(box=SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for name in columns:
        empty.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    return empty


def many(count: int, noun: str) -> str:
    """1 candidate, 2 candidates."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on stdout."""
    written = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    print(written.decode())  # noqa: T201
