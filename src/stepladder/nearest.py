"""'Did you mean …?': the known name nearest to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(unknown: str, known: Iterable[str]) -> str:
    """A sentence naming the nearest known name, or all of them when none is near."""
    names = list(dict.fromkeys(known))
    if not names:
        return "none is known"
    # Case alone must not hide what was meant.
    folded = {name.casefold(): name for name in reversed(names)}
    near = get_close_matches(unknown.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"did you mean {folded[near[0]]!r}?"
    return f"known: {', '.join(sorted(names)[:12])}{', …' if len(names) > 12 else ''}"
