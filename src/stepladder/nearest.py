"""'Did you mean …?': the known name nearest to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(unknown: str, known: Iterable[str]) -> str:
    """A sentence naming the nearest known name, or all of them when none is near."""
    names = sorted(set(known))
    near = get_close_matches(unknown, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"
