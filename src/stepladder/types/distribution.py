"""Whether numbers given for labels are probabilities."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from numbers import Real

SURPLUS = 1e-6
"""How far above 1 a sum may be: what single precision rounds to."""
SHORTFALL = 1e-3
"""How far below 1 the sum over all labels may be: what three decimals round to."""


def flaw(
    by_label: Mapping[str, float], labels: Collection[str], *, open_ended: bool = False
) -> str:
    """What keeps them from being probabilities of the task's labels, in words; or empty.

    Each is a number from 0 to 1, and together they are at most 1. Labels may be left out:
    they have the rest. Where none is left out, the sum is 1, unless they are `open_ended`:
    something else than a label was possible.
    """
    for label, p in by_label.items():
        if label not in labels:
            return f"gave {label!r} a probability; known: {', '.join(labels)}"
        if not (isinstance(p, Real) and 0 <= p <= 1):
            return f"gave {label!r} the probability {p!r:.80}; it goes from 0 to 1"
    whole = not open_ended and len(by_label) == len(labels)
    return _flaw_of_sum(sum(map(float, by_label.values())), whole=whole)


def _flaw_of_sum(together: float, *, whole: bool) -> str:
    if together > 1 + SURPLUS:
        return f"gave probabilities that sum to {together:.7g}; divide them by their sum"
    if whole and together < 1 - SHORTFALL:
        return (
            f"gave every label a probability, and they sum to {together:.7g}, not to 1; "
            "divide them by their sum, or leave out the labels that share the rest"
        )
    return ""
