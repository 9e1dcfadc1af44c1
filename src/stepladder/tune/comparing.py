"""Ladders beside each other on the gold that taught, with errors that know groups."""

from __future__ import annotations

import numpy as np

from stepladder.confidence.folds import Mean, grouped_mean
from stepladder.policy import Deliver
from stepladder.tune.bench import Bench
from stepladder.tune.climbing import at_stop, stops
from stepladder.tune.ladder import End, Ladder, Rung
from stepladder.tune.routes import asked
from stepladder.types.arrays import Floats

CLEARLY = 2.0
"""Standard errors of the paired difference."""


def worth_it(bench: Bench, one: Rung, plain: Rung, wage: float) -> bool:
    """Whether one ladder is cheaper than a plainer one by more than chance makes of it, by group.

    A search prefers ladders that seem to accept more, and with few groups most of that is luck.
    So what it saves in tokens has to outweigh a standard error of the accepted share in wages.
    """
    return _clearly_cheaper(bench, one.ladder, plain.ladder, wage) and (
        _saved(bench, one.ladder, plain.ladder, 0.0).mean > wage * _doubt(bench, plain.accepted)
    )


def _clearly_cheaper(bench: Bench, one: Ladder, other: Ladder, wage: float) -> bool:
    saved = _saved(bench, one, other, wage)
    return saved.mean > CLEARLY * saved.error


def _saved(bench: Bench, one: Ladder, other: Ladder, wage: float) -> Mean:
    usd = usd_of(bench, other, wage) - usd_of(bench, one, wage)
    return grouped_mean(usd, bench.table.groups, bench.table.weight)


def _doubt(bench: Bench, share: float) -> float:
    """The standard error of a share, by Laplace's rule of succession on as many groups."""
    groups = len(set(bench.table.groups))
    smoothed = (min(share, 1.0) * groups + 1) / (groups + 2)
    return float(np.sqrt(smoothed * (1 - smoothed) / groups))


def usd_of(bench: Bench, ladder: Ladder, wage: float) -> Floats:
    """What each row of gold costs (n)."""
    sets = [bench.number[names] for names in asked(ladder.route)]
    score = bench.named[ladder.deliver].score(ladder.rule)
    stop = stops([score[one] for one in sets], ladder.thresholds)
    past_all = bench.usd[sets[-1]] + (wage if ladder.end is End.PERSON else 0.0)
    return at_stop(stop, [*(bench.usd[one] for one in sets), past_all])


def error_of(bench: Bench, share: float) -> float:
    """The standard error of such a share of right labels on this gold, groups counted as one."""
    best = bench.named[Deliver.POOL].label[-1] == bench.table.gold
    found = grouped_mean(best.astype(np.float64), bench.table.groups, bench.table.weight)
    return found.error if 0 < share < 1 and np.isfinite(found.error) else 0.0
