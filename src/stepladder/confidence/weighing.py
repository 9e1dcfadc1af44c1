"""What a row of gold weighs, by how it was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum


def weights(rows: Mapping[float | None, int]) -> dict[float | None, float]:
    """The weight of a row by its probability to be drawn; `rows` counts them by the same.

    Drawn rows weigh one over their probability, 1 in the mean of the drawn (Horvitz and
    Thompson, "A Generalization of Sampling Without Replacement From a Finite Universe",
    JASA 47 (1952), 663-685, as the ratio of Hájek, 1971). Gold that was not drawn (None)
    weighs 1: of what it is a sample nobody knows, so row for row it weighs as much as drawn.
    """
    drawn = {chance: count for chance, count in rows.items() if chance is not None and count}
    if not drawn:
        return dict.fromkeys(rows, 1.0)
    # Against the likeliest first, so that rows drawn alike weigh exactly 1.
    likeliest = max(drawn)
    mean = fsum(count * (likeliest / chance) for chance, count in drawn.items()) / sum(
        drawn.values()
    )
    return {chance: 1.0 if chance is None else likeliest / chance / mean for chance in rows}


def effective(
    rows: Mapping[float | None, int], weight: Mapping[float | None, float] | None = None
) -> float:
    """How many rows of equal weight these are worth: Kish, "Survey Sampling" (1965), 11.7.

    `rows` counts them by their probability to be drawn; they weigh what `weights` makes of
    these counts, unless they are part of a larger sample whose weights are given.
    """
    each = weights(rows) if weight is None else weight
    total = sum(rows.values())
    if len({each[chance] for chance, count in rows.items() if count}) <= 1:
        return float(total)
    whole = fsum(count * each[chance] for chance, count in rows.items())
    squares = fsum(count * each[chance] ** 2 for chance, count in rows.items())
    return min(float(total), whole**2 / squares)
