"""'Did you mean …?': the known name nearest to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

CLOSE = 0.6
"""How alike (0 to 1, difflib) two names are when one may be meant for the other."""


def nearest(
    unknown: str, known: Iterable[str], count: int = 1, *, alike: float = CLOSE
) -> list[str]:
    """At most so many known names that are that much alike, the nearest first."""
    # Case alone must not hide what was meant.
    folded = {name.casefold(): name for name in reversed(list(known))}
    near = get_close_matches(unknown.casefold(), folded, n=count, cutoff=alike)
    return [folded[name] for name in near]


def did_you_mean(unknown: str, known: Iterable[str]) -> str:
    """A sentence naming the nearest known name, or all of them when none is near."""
    names = list(dict.fromkeys(known))
    if not names:
        return "none is known"
    near = nearest(unknown, names)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(sorted(names)[:12])}{', …' if len(names) > 12 else ''}"
