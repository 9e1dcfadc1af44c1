"""Keys for labels, and how they are read: one by one in a terminal, by lines from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stepladder.errors import UserError
from stepladder.task import Task

UNDO, SKIP, QUIT = "u", "s", "q"
LABEL_KEYS = "123456789" + "".join(
    letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in {UNDO, SKIP, QUIT}
)
ENDS = frozenset({"\x04", "\x1a"})
"""What ends the input in a terminal."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Which key means which label."""

    labels: Mapping[str, str]
    """By key."""


def keys_of(task: Task) -> Keys:
    """A key for each label, in their order; raises UserError when there are too many."""
    names = task.label_names
    if len(names) > len(LABEL_KEYS):
        raise UserError(
            f"{len(names)} labels are more than there are keys ({len(LABEL_KEYS)}); "
            "use --sheet OUT.csv and --from"
        )
    return Keys(dict(zip(LABEL_KEYS, names, strict=False)))


def typed() -> Iterator[str]:
    """Keys as they are typed, until the input ends; without a terminal each line is one."""
    if sys.stdin is None:
        # Closed by whoever started the command.
        return
    if not sys.stdin.isatty():
        yield from (line.strip() for line in sys.stdin)
        return
    import typer

    while True:
        try:
            key = typer.getchar()
        except EOFError:
            return
        if key in ENDS:
            return
        yield key
