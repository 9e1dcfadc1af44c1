"""What annotators cost on gold, and which of them are searched over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from stepladder.confidence import GoldRow
from stepladder.engine.rates import Rate
from stepladder.simulate.scenario import Scenario
from stepladder.types.arrays import Floats

MOST_ANNOTATORS = 7
"""At once: of more, every set of them takes minutes."""


def considered(rows: Sequence[GoldRow], usd: Mapping[str, Floats]) -> tuple[str, ...]:
    """Their names, cheap ones first, by what each costs on each row (n).

    Of too many those are kept that are more often right than all cheaper ones, then those that
    are right most often.
    """
    ranked = sorted(usd, key=lambda name: float(usd[name].mean()))
    if len(ranked) <= MOST_ANNOTATORS:
        return tuple(ranked)
    right = {name: sum(row.votes[name].label == row.gold for row in rows) for name in ranked}
    leading = [
        name
        for number, name in enumerate(ranked)
        if all(right[name] > right[other] for other in ranked[:number])
    ]
    others = sorted((name for name in ranked if name not in leading), key=lambda n: -right[n])
    kept = frozenset([*leading, *others][:MOST_ANNOTATORS])
    return tuple(name for name in ranked if name in kept)


def costs(
    rows: Sequence[GoldRow], names: Sequence[str], rates: Mapping[str, Rate], scenario: Scenario
) -> dict[str, Floats]:
    """What each annotator's vote on each row costs (n), in USD."""
    return {
        name: np.array(
            [float(rates[name].cost(scenario.usage(r.votes[name].usage)).decimal) for r in rows]
        )
        for name in names
    }
