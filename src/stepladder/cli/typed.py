"""Options as one would type them, so that a command can be given again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def typed(given: Mapping[str, object]) -> Iterator[str]:
    """Each option and its value; none of those that were left away, which are None."""
    for option, value in given.items():
        if value is not None:
            yield from (option, str(value))
