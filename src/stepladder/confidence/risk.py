"""Is the rest good enough? What a random sample of whole groups says of those that were not drawn.

A finite population of groups was dealt at random into a tested part, whose labels are known, and
the rest, which is to be delivered. The promise: at most a share E of the rest's rows is wrong.

Single rows: exact, by the hypergeometric distribution (`hidden`). Let c be the most wrong accepted
tested rows at which one still accepts, and R the wrong rows that the rest may hold. Order the
wrong rows of both parts together by when they would be accepted, and take the first c + R + 1 of
them (if there are fewer, add right ones: that makes failing likelier). That set does not depend on
the draw. One fails only if more than R of the rest's wrong rows come before the (c + 1)st of the
tested part; then at most c of the set are in the tested part, and that has the probability
`hidden`. So it holds for all thresholds at once, and nothing is lost by trying many.

Groups: made-up rests (`urn_risk`), by copying tested groups and one imaginary group (Pólya's urn).
That is Gaffke's bound (N. Gaffke, 2004; Learned-Miller and Thomas, 1905.06208) for a finite
rest, with Dirichlet weights replaced by the urn's numbers. Over groups that are wholly right or
wholly wrong it is `hidden` again. In between it is not proved, neither is Gaffke's; how often it
fails is measured, in benchmarks/guarantee.py.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from stepladder.types.arrays import Floats

DRAWS = 5_000
"""Made-up rests: a risk of 10 % is known to 0.4 points by them."""
MOST_NUMBERS = 40_000_000
"""Copies held at once; with more groups there are fewer made-up rests, at least 500."""
ROUNDING = 1e-4
"""In rows: what single precision leaves of a sum that is 0."""


@lru_cache(maxsize=4096)
def hidden(wrong: int, tested: int, rest: int, allowed: int) -> float:
    """Single rows: the most that the chance of failing can be, accepting with `wrong` wrong ones.

    That is the chance that at most `wrong` of `wrong + allowed + 1` bad rows are among the
    `tested`, of all `tested + rest`. The rest may hold `allowed` wrong rows.
    """
    from scipy.stats import hypergeom

    bad = wrong + allowed + 1
    if wrong < 0 or bad > tested + rest:
        return 0.0
    return float(hypergeom.cdf(wrong, tested + rest, bad, tested))


def most_wrong(tested: int, rest: int, allowed: int, risk: float) -> int:
    """Single rows: the most wrong accepted tested ones; -1 where not even none convinces."""
    wrong = -1
    while wrong < tested and hidden(wrong + 1, tested, rest, allowed) <= risk:
        wrong += 1
    return wrong


def urn_risk(over: Floats, imaginary: float, rest: int) -> float:
    """Share of made-up rests, of so many groups, that break the promise.

    `over` is what each tested group has beyond its allowance (rows), `imaginary` the same for a
    group that nobody saw.
    """
    copies = _copies(len(over), rest)
    total = copies[:, :-1] @ over.astype(np.float32) + copies[:, -1] * np.float32(imaginary)
    return float((total > ROUNDING).mean())


@lru_cache(maxsize=2)
def _copies(tested: int, rest: int) -> np.ndarray:
    """How often each tested group, and last the imaginary one, is copied into each made-up rest.

    Pólya's urn: draw a group, put it back with a copy, until there are `rest` copies; the same
    draws every time.
    """
    draws = int(np.clip(MOST_NUMBERS // (tested + 1), 500, DRAWS))
    chance = np.random.default_rng(0)
    shares = chance.dirichlet(np.ones(tested + 1), size=draws)
    return np.stack([chance.multinomial(rest, row) for row in shares]).astype(np.float32)
